import { shallowRef, triggerRef, type ShallowRef } from 'vue'
import { structuredLine, type StructuredLine } from './structured'

/** One line of a log, or a note about the stream ("gap", "end"). */
export interface LogLine {
  /** RFC 3339 with nanoseconds. */
  time?: string
  pod?: string
  container?: string
  text: string
  /** A note of the console or server instead of output. */
  note?: 'start' | 'end' | 'gap' | 'error'
}

export interface NumberedLine extends LogLine {
  /** Counts from 0 over the life of the buffer. */
  id: number
  /** What the line says, if it is JSON with a message. */
  fields: StructuredLine | null
}

const WAIT = 100 // milliseconds; lines that come faster are shown together

/** The last lines of a stream, oldest dropped first. Appending is cheap; the page is told a few times a second. */
export class LogBuffer {
  readonly lines: ShallowRef<NumberedLine[]> = shallowRef([])
  /** Lines dropped at the top because there were too many. */
  dropped = 0
  /** Whether a line was JSON with a message. */
  structured = false
  private next = 0
  private waiting: NumberedLine[] = []
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly most = 100_000) {}

  append(line: LogLine): void {
    const fields = line.note ? null : structuredLine(line.text)
    this.structured ||= fields !== null
    this.waiting.push({ ...line, id: this.next++, fields })
    this.timer ??= setTimeout(() => this.flush(), WAIT)
  }

  /** Shows what is waiting now. */
  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.waiting.length === 0) return
    const lines = this.lines.value
    for (const line of this.waiting) lines.push(line)
    this.waiting = []
    const over = lines.length - this.most
    if (over > 0) {
      lines.splice(0, over)
      this.dropped += over
    }
    triggerRef(this.lines)
  }

  clear(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.waiting = []
    this.dropped = 0
    this.lines.value = []
  }
}
