import { watchEffect } from 'vue'
import { useRoute } from 'vue-router'
import { pageDetail } from '@/core/console'
import { useText } from '@/core/i18n'

/** Keeps the document's title: object, page, product. */
export function useDocumentTitle(): void {
  const route = useRoute()
  const { t } = useText()
  const detail = pageDetail()
  watchEffect(() => {
    const title = route.meta.title ? t(route.meta.title) : ''
    document.title = [detail.value, title, 'Kubemate'].filter(Boolean).join(' · ')
  })
}
