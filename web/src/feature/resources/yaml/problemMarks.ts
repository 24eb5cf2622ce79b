import type { ApiProblem } from '@/core/api'
import type { YamlMark } from '@/core/ui'

const PLACED = /^line (\d+), column (\d+): (.*)$/s

/** What the server refused, at its lines: fields with their place, or the one place that the problem names. */
export function problemMarks(problem: ApiProblem): YamlMark[] {
  const fields = problem.fields.flatMap((field): YamlMark[] => {
    const match = PLACED.exec(field.message)
    if (!match) return []
    const message = field.path ? `${field.path}: ${match[3] ?? ''}` : (match[3] ?? '')
    return [{ line: Number(match[1]), column: Number(match[2]), message, severity: 'error' }]
  })
  if (fields.length > 0) return fields
  const line = problem.extra['line']
  const column = problem.extra['column']
  if (typeof line !== 'number') return []
  return [{ line, column: typeof column === 'number' ? column : 1, message: problem.detail || problem.title, severity: 'error' }]
}
