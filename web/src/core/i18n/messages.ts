import type { Locale } from './locale'

/** A tree of texts, as it stands in a JSON file. */
export interface MessageTree {
  [key: string]: string | MessageTree
}

/** Where the texts of one part come from. All keys begin with its namespace: "access.signIn.title". */
export interface MessageSource {
  namespace: string
  load: Record<Locale, () => Promise<{ default: MessageTree }>>
}

type Merge = (locale: Locale, texts: MessageTree) => void

const active = new Map<string, MessageSource>()
const loaded = new Set<string>()

/** Declares where texts come from; they are fetched when a page needs them. */
export function defineMessages(namespace: string, load: MessageSource['load']): MessageSource {
  return { namespace, load }
}

/** Fetches the texts of a source once per language and keeps it in use for language changes. */
export async function useMessages(source: MessageSource, locale: Locale, merge: Merge): Promise<void> {
  active.set(source.namespace, source)
  const key = `${locale}/${source.namespace}`
  if (loaded.has(key)) return
  const module = await source.load[locale]()
  merge(locale, { [source.namespace]: module.default })
  loaded.add(key)
}

/** Fetches the texts of every source in use in another language. */
export async function loadActive(locale: Locale, merge: Merge): Promise<void> {
  await Promise.all([...active.values()].map((source) => useMessages(source, locale, merge)))
}
