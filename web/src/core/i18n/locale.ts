/** The languages of the console. */
export const LOCALES = ['en', 'zh-CN'] as const
export type Locale = (typeof LOCALES)[number]

const KEY = 'kubemate.locale'

/** The language that the user chose, else the first one of the browser's that we have. */
export function preferredLocale(storage: Pick<Storage, 'getItem'>, languages: readonly string[]): Locale {
  const chosen = storage.getItem(KEY)
  if (chosen === 'en' || chosen === 'zh-CN') return chosen
  for (const language of languages) {
    if (language.toLowerCase().startsWith('zh')) return 'zh-CN'
    if (language.toLowerCase().startsWith('en')) return 'en'
  }
  return 'en'
}

export function rememberLocale(storage: Pick<Storage, 'setItem'>, locale: Locale): void {
  storage.setItem(KEY, locale)
}
