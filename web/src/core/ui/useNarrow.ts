import { onScopeDispose, ref, type Ref } from 'vue'

/** Below this width pages stack as on a phone; the style sheets use the same figure. */
const QUERY = '(width < 45rem)'

/** Whether the page is as narrow as a phone. */
export function useNarrow(): Readonly<Ref<boolean>> {
  const media = matchMedia(QUERY)
  const narrow = ref(media.matches)
  const follow = (): void => {
    narrow.value = media.matches
  }
  media.addEventListener('change', follow)
  onScopeDispose(() => media.removeEventListener('change', follow))
  return narrow
}
