/** What a log stream sends: a line, or an event about one of the containers read. */
export interface LogItem {
  /** Time of a line, RFC 3339 with nanoseconds. */
  t?: string
  /** Pod and container. */
  p?: string
  c?: string
  /** The line. */
  m?: string
  cut?: boolean
  event?: 'start' | 'end' | 'gap' | 'error' | 'waiting'
  message?: string
}

function parse(line: string): LogItem | null {
  try {
    const item: unknown = JSON.parse(line)
    return typeof item === 'object' && item !== null ? (item as LogItem) : null
  } catch {
    return null // a line that was cut off with the connection
  }
}

/** Reads NDJSON as it comes; ends with the stream. A last line without an end is read too. */
export async function readItems(body: ReadableStream<Uint8Array>, onItem: (item: LogItem) => void): Promise<void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    rest += done ? decoder.decode() : decoder.decode(value, { stream: true })
    const lines = rest.split('\n')
    rest = done ? '' : (lines.pop() ?? '')
    for (const line of lines) {
      const item = line === '' ? null : parse(line)
      if (item) onItem(item)
    }
    if (done) return
  }
}

/**
 * Remembers where each container's log stands, so that after a reconnect lines that come
 * again are left out. Times of one container never go back.
 */
export class Resume {
  private readonly last = new Map<string, { time: string; count: number }>()
  private repeated = new Map<string, number>()
  private latest = ''

  /** The time to ask from after a reconnect; "" before the first line. */
  since(): string {
    return this.latest
  }

  /** Call before reading again: from now on lines may come a second time. */
  reopened(): void {
    this.repeated = new Map([...this.last].map(([source, { count }]) => [source, count]))
  }

  /** Whether a line is new. */
  fresh(item: LogItem): boolean {
    const time = item.t ?? ''
    const source = `${item.p ?? ''}/${item.c ?? ''}`
    const last = this.last.get(source)
    const again = this.repeated.get(source) ?? 0
    if (last && again > 0) {
      if (time < last.time) return false
      if (time === last.time) {
        this.repeated.set(source, again - 1)
        return false
      }
      this.repeated.delete(source)
    }
    this.last.set(source, { time, count: last?.time === time ? last.count + 1 : 1 })
    if (time > this.latest) this.latest = time
    return true
  }
}

export interface LogQuestion {
  /** None: all. */
  containers: readonly string[]
  previous: boolean
  follow: boolean
  tailLines?: number
  sinceSeconds?: number
  sinceTime?: string
}

/** The parameters of GET …/logs. */
export function logParams(question: LogQuestion): URLSearchParams {
  const params = new URLSearchParams()
  for (const container of question.containers) params.append('container', container)
  if (question.previous) params.set('previous', 'true')
  else if (question.follow) params.set('follow', 'true')
  if (question.sinceTime) params.set('sinceTime', question.sinceTime)
  else if (question.sinceSeconds) params.set('sinceSeconds', String(question.sinceSeconds))
  if (question.tailLines && !question.sinceTime) params.set('tailLines', String(question.tailLines))
  return params
}
