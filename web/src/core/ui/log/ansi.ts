/** A piece of a line in one style. */
export interface AnsiPart {
  text: string
  /** Class names: "fg-1" … "fg-15", "bold", "dim", "italic", "underline". */
  classes: string
}

interface Style {
  fg: number | null
  flags: Set<string>
}

const FLAGS: Record<number, string> = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'underline' }
// Escape sequences: CSI … final byte, OSC … BEL or ST, and single ones.
// eslint-disable-next-line no-control-regex -- terminals write control characters
const ESCAPE = /\u001b(?:\[([0-9;]*)([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g

/** Splits a line by its ANSI colours; other escape sequences are left out. */
export function parseAnsi(line: string): AnsiPart[] {
  if (!line.includes('\u001b')) return [{ text: line, classes: '' }]
  const parts: AnsiPart[] = []
  const style: Style = { fg: null, flags: new Set() }
  let from = 0
  for (const match of line.matchAll(ESCAPE)) {
    push(parts, line.slice(from, match.index), style)
    from = match.index + match[0].length
    if (match[2] === 'm') change(style, match[1] ?? '')
  }
  push(parts, line.slice(from), style)
  return parts
}

/** The line without any escape sequence, for searching. */
export function stripAnsi(line: string): string {
  return line.includes('\u001b') ? line.replace(ESCAPE, '') : line
}

function push(parts: AnsiPart[], text: string, style: Style): void {
  if (text === '') return
  const fg = style.fg === null ? [] : [`fg-${style.fg}`]
  parts.push({ text, classes: [...fg, ...style.flags].join(' ') })
}

function change(style: Style, codes: string): void {
  const numbers = codes.split(';').map((code) => Number.parseInt(code || '0', 10))
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i] ?? 0
    if (code === 0) reset(style)
    else if (FLAGS[code]) style.flags.add(FLAGS[code])
    else if (code === 22) for (const flag of ['bold', 'dim']) style.flags.delete(flag)
    else if (code >= 30 && code <= 37) style.fg = code - 30
    else if (code >= 90 && code <= 97) style.fg = code - 90 + 8
    else if (code === 39) style.fg = null
    else if (code === 38 || code === 48) i += numbers[i + 1] === 5 ? 2 : 4 // palettes beyond 16 colours are not shown
  }
}

function reset(style: Style): void {
  style.fg = null
  style.flags.clear()
}
