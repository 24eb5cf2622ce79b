import { stripAnsi } from './ansi'
import type { NumberedLine } from './buffer'

/** Indexes of the lines that hold a text, upper and lower case alike. */
export function matchingLines(lines: readonly NumberedLine[], text: string): number[] {
  const wanted = text.toLowerCase()
  if (wanted === '') return []
  const found: number[] = []
  lines.forEach((line, index) => {
    if (stripAnsi(line.text).toLowerCase().includes(wanted)) found.push(index)
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
