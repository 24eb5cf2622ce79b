import { computed, shallowRef, watch, type Ref } from 'vue'
import type { ApiProblem } from '@/core/api'
import { useText } from '@/core/i18n'
import type { YamlMark } from '@/core/ui'
import type { JsonSchema } from '../types'
import { problemMarks } from './problemMarks'
import { validateYaml } from './validate'

const WAIT = 400 // milliseconds after the last key

/** Marks in a text: what its schema says, and what the server refused until the text is changed again. */
export function useMarks(text: Readonly<Ref<string>>, schema: Readonly<Ref<JsonSchema | undefined>>, problem: Readonly<Ref<ApiProblem | null>>) {
  const { t } = useText()
  const own = shallowRef<YamlMark[]>([])
  const refused = shallowRef<YamlMark[]>([])
  const texts = {
    unknown: (field: string) => t('resources.yaml.mark.unknown', { field }),
    missing: (field: string) => t('resources.yaml.mark.missing', { field }),
    type: (field: string, wanted: string) => t('resources.yaml.mark.type', { field, wanted }),
    choice: (field: string, choices: string) => t('resources.yaml.mark.choice', { field, choices }),
  }

  watch(
    [text, schema],
    (_values, _old, onCleanup) => {
      const timer = setTimeout(() => (own.value = schema.value ? validateYaml(text.value, schema.value, texts) : []), WAIT)
      onCleanup(() => clearTimeout(timer))
    },
    { immediate: true },
  )
  watch(text, () => (refused.value = []))
  watch(problem, (next) => (refused.value = next ? problemMarks(next) : []))
  return computed(() => [...refused.value, ...own.value])
}
