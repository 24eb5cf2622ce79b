import { computed, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { useText } from '@/core/i18n'
import type { WhyCause } from '../types'

interface CauseText {
  title?: string
  detail?: string
  remedy?: string[]
}

/** Texts by code, or by code and variant: "volume-pending/no-class". */
export type CauseTexts = Record<string, CauseText>

/** Puts the parameters of a cause into a text; null if one is missing, so that no gap is ever shown. */
export function fill(text: string, params: Readonly<Record<string, string>>): string | null {
  let complete = true
  const filled = text.replace(/\{(\w+)\}/g, (_, name: string) => {
    complete &&= params[name] !== undefined && params[name] !== ''
    return params[name] ?? ''
  })
  return complete ? filled : null
}

/** The words for a cause: the most special text whose parameters are all there, else the server's own. */
export function wordsOf(cause: WhyCause, texts: CauseTexts): { title: string; detail: string; remedy: string[] } {
  const params = cause.params ?? {}
  const variants = [params['reason'], params['rule']].flatMap((each) => (each ? [texts[`${cause.code}/${each}`]] : []))
  const candidates = [...variants, texts[cause.code]].filter((each) => each !== undefined)
  const one = (part: 'title' | 'detail'): string | undefined => candidates.map((each) => each[part] && fill(each[part], params)).find((each) => typeof each === 'string')
  const remedies = candidates.map((each) => each.remedy?.map((line) => fill(line, params))).find((lines) => lines?.every((line) => line !== null))
  return { title: one('title') ?? cause.title, detail: one('detail') ?? cause.detail, remedy: (remedies as string[] | undefined) ?? cause.remedy ?? [] }
}

/** A cause in the user's language. The server speaks English; for Chinese the console has its own words. */
export function useCauseText(cause: MaybeRefOrGetter<WhyCause>) {
  const { locale } = useText()
  const texts = shallowRef<CauseTexts>({})
  watch(
    locale,
    async (name) => {
      texts.value = name === 'zh-CN' ? (await import('./causes.zh-CN.json')).default : {}
    },
    { immediate: true },
  )
  const words = computed(() => wordsOf(toValue(cause), texts.value))
  return { title: computed(() => words.value.title), detail: computed(() => words.value.detail), remedies: computed(() => words.value.remedy) }
}
