import { parseAllDocuments } from 'yaml'

/** One thing that is wrong in a text; line and column count from 1. */
export interface YamlMark {
  line: number
  column: number
  message: string
  severity: 'error' | 'warning'
}

const MOST = 20

/** Finds what is no YAML: bad indentation, duplicate keys, tabs. */
export function yamlMarks(text: string): YamlMark[] {
  const marks: YamlMark[] = []
  const documents = parseAllDocuments(text, { uniqueKeys: true, prettyErrors: true })
  for (const document of Array.isArray(documents) ? documents : []) {
    for (const problem of [...document.errors, ...document.warnings]) {
      const at = problem.linePos?.[0] ?? { line: 1, col: 1 }
      const message = problem.message.split('\n')[0] ?? problem.message
      marks.push({ line: at.line, column: at.col, message, severity: problem.name === 'YAMLWarning' ? 'warning' : 'error' })
    }
  }
  return marks.slice(0, MOST)
}
