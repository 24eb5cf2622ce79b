import { useText } from './i18n'

/**
 * The words of a status in the user's language. Kubernetes' own words that people search for
 * (CrashLoopBackOff, ImagePullBackOff, …) have no translation and stay as they are.
 */
export function useStatusText(): (status: string) => string {
  const { t, te } = useText()
  const word = (text: string): string => {
    const key = `ui.status.${text.replaceAll(' ', '')}`
    return /^[A-Za-z ]+$/.test(text) && te(key) ? t(key) : text
  }
  return (status) => status.split(',').map(word).join(', ')
}
