/** A line of JSON as a person reads it. */
export interface StructuredLine {
  /** As the program wrote it; "" when it gave none. */
  level: string
  tone: 'error' | 'warning' | 'debug' | 'plain'
  message: string
  /** What else the line holds: key=value, in the program's order. */
  rest: string
}

const LEVELS = ['level', 'severity', 'lvl']
const MESSAGES = ['msg', 'message', 'body']
/** The time of a line stands in front of it; the program's own is the same within milliseconds. */
const TIMES = ['time', 'ts', 'timestamp', '@timestamp']
const LONGEST = 32_768 // characters; longer lines stay as they are

/** Reads a line that is one JSON object with a message; null for every other line. */
export function structuredLine(text: string): StructuredLine | null {
  const line = text.trim()
  if (!line.startsWith('{') || !line.endsWith('}') || line.length > LONGEST) return null
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  const fields = value as Record<string, unknown>
  const messageKey = MESSAGES.find((key) => typeof fields[key] === 'string')
  if (messageKey === undefined) return null
  const levelKey = LEVELS.find((key) => typeof fields[key] === 'string')
  const level = levelKey === undefined ? '' : String(fields[levelKey]).toUpperCase()
  const others = Object.entries(fields).filter(([key]) => key !== messageKey && key !== levelKey && !TIMES.includes(key))
  return { level, tone: toneOf(level), message: String(fields[messageKey]), rest: others.map(([key, field]) => `${key}=${shown(field)}`).join(' ') }
}

/** The line as one text, for searching. */
export function structuredText(line: StructuredLine): string {
  return [line.level, line.message, line.rest].filter(Boolean).join(' ')
}

function toneOf(level: string): StructuredLine['tone'] {
  if (/^(ERR|FATAL|CRIT|PANIC|ALERT|EMERG)/.test(level)) return 'error'
  if (level.startsWith('WARN')) return 'warning'
  return /^(DEBUG|TRACE)/.test(level) ? 'debug' : 'plain'
}

function shown(field: unknown): string {
  if (typeof field !== 'string') return JSON.stringify(field)
  return field === '' || /[\s"=]/.test(field) ? JSON.stringify(field) : field
}
