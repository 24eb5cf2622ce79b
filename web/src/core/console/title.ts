import { onScopeDispose, ref, watchEffect } from 'vue'

const detail = ref('')

/** What the page on show is about; the shell puts it before the title of the route. */
export function pageDetail() {
  return detail
}

/** Puts an object's name into the document's title while the page is open. */
export function usePageTitle(text: () => string): void {
  watchEffect(() => {
    detail.value = text()
  })
  onScopeDispose(() => {
    detail.value = ''
  })
}
