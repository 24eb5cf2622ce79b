import { stripAnsi } from './ansi'
import type { NumberedLine } from './buffer'
import { structuredText } from './structured'

/** Indexes of the lines that hold a text as they are shown, upper and lower case alike. */
export function matchingLines(lines: readonly NumberedLine[], text: string, raw: boolean): number[] {
  const wanted = text.toLowerCase()
  if (wanted === '') return []
  const found: number[] = []
  lines.forEach((line, index) => {
    const shown = line.fields && !raw ? structuredText(line.fields) : stripAnsi(line.text)
    if (shown.toLowerCase().includes(wanted)) found.push(index)
  })
  return found
}

/** Cuts a text at its matches: every second piece is a match. */
export function splitMatches(text: string, wanted: string): string[] {
  if (wanted === '') return [text]
  const pieces: string[] = []
  const lower = text.toLowerCase()
  const needle = wanted.toLowerCase()
  let from = 0
  for (let at = lower.indexOf(needle); at >= 0; at = lower.indexOf(needle, from)) {
    pieces.push(text.slice(from, at), text.slice(at, at + needle.length))
    from = at + needle.length
  }
  pieces.push(text.slice(from))
  return pieces
}
