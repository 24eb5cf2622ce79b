import { useToast as usePrimeToast } from 'primevue/usetoast'
import { toProblem } from '../api'
import { useText } from '../i18n'

const SHORT = 4000

/** Small messages in a corner. Never the only place of a result that matters: long work has its page. */
export function useToast() {
  const toast = usePrimeToast()
  const { t } = useText()

  function done(summary: string, detail?: string): void {
    toast.add({ severity: 'success', summary, detail, life: SHORT })
  }

  function note(summary: string, detail?: string): void {
    toast.add({ severity: 'info', summary, detail, life: SHORT })
  }

  /** An error stays until it is closed; with the hint and the request id. */
  function failed(thrown: unknown, summary?: string): void {
    const problem = toProblem(thrown)
    const text = problem.unreachable ? t('ui.error.unreachableText') : problem.detail || problem.title
    const id = problem.requestId ? `${t('ui.error.request')} ${problem.requestId}` : ''
    toast.add({ severity: 'error', summary: summary ?? t('ui.error.title'), detail: [text, problem.hint, id].filter(Boolean).join('\n') })
  }

  return { done, note, failed }
}
