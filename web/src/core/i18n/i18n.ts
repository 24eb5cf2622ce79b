import { createI18n, useI18n } from 'vue-i18n'
import { preferredLocale, rememberLocale, type Locale } from './locale'
import { defineMessages, loadActive, useMessages, type MessageSource, type MessageTree } from './messages'

/** The one vue-i18n instance. Its texts arrive part by part, see messages.ts. */
export const i18n = createI18n({
  legacy: false,
  locale: 'en' as Locale,
  fallbackLocale: 'en',
  messages: {} as Record<Locale, MessageTree>,
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
})

const base = defineMessages('ui', {
  en: () => import('./en.json'),
  'zh-CN': () => import('./zh-CN.json'),
})

function merge(locale: Locale, texts: MessageTree): void {
  i18n.global.mergeLocaleMessage(locale, texts)
}

/** Loads the console's own texts in the preferred language; call before mounting. */
export async function startLocale(sources: MessageSource[]): Promise<void> {
  const locale = preferredLocale(localStorage, navigator.languages)
  await Promise.all([base, ...sources].map((source) => useMessages(source, locale, merge)))
  show(locale)
}

/** Makes the texts of one more part available. */
export function addMessages(source: MessageSource): Promise<void> {
  return useMessages(source, i18n.global.locale.value, merge)
}

/** Switches the language of everything shown, and remembers it in this browser. */
export async function setLocale(locale: Locale): Promise<void> {
  await loadActive(locale, merge)
  rememberLocale(localStorage, locale)
  show(locale)
}

function show(locale: Locale): void {
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
}

/** Texts in components: const { t, locale } = useText(). */
export function useText() {
  const { t, te, locale } = useI18n({ useScope: 'global' })
  return { t, te, locale }
}
