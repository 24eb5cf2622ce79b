import { computed, ref, shallowRef } from 'vue'
import { toProblem, type ApiProblem } from '@/core/api'
import type { YamlMark } from '@/core/ui'
import { useApply } from '../changes'
import type { ApplyResults } from '../types'
import { problemMarks } from '../yaml/problemMarks'

/** Creating from a text: the server checks all documents, shows what would happen, then writes them. */
export function useCreate(cluster: () => string, namespace: () => string) {
  const apply = useApply()
  const checked = shallowRef<ApplyResults | null>(null)
  const written = shallowRef<ApplyResults | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  const busy = ref(false)

  async function send(yaml: string, dryRun: boolean): Promise<void> {
    busy.value = true
    problem.value = null
    try {
      const results = await apply.mutateAsync({ cluster: cluster(), yaml, namespace: namespace(), dryRun, mode: 'apply' })
      if (dryRun) checked.value = results
      else written.value = results
    } catch (thrown) {
      problem.value = toProblem(thrown)
    } finally {
      busy.value = false
    }
  }

  /** What the server refused, at the lines of the text. */
  const marks = computed<YamlMark[]>(() => {
    if (problem.value) return problemMarks(problem.value)
    return (checked.value?.results ?? []).flatMap((result) => {
      if (!result.problem) return []
      const own = problemMarks({ ...result.problem, fields: result.problem.fields ?? [], extra: result.problem } as unknown as ApiProblem)
      return own.length > 0 ? own : [{ line: result.line, column: 1, message: result.problem.detail || result.problem.title, severity: 'error' as const }]
    })
  })

  function again(): void {
    checked.value = null
    problem.value = null
  }

  return { checked, written, problem, busy, marks, check: (yaml: string) => send(yaml, true), write: (yaml: string) => send(yaml, false), again }
}
