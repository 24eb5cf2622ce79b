import type { Surroundings } from '@/core/live/socket'
import type { ClientFrame, ServerFrame } from '@/core/live/protocol'

/** A WebSocket whose other end is the test. */
export class FakeSocket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  readonly sent: ClientFrame[] = []
  closed = false

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame)
  }

  close(): void {
    this.closed = true
  }

  /** What the server says. */
  say(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
}

/** Connections and timers that the test works by hand. */
export class FakeSurroundings implements Surroundings {
  readonly sockets: FakeSocket[] = []
  private timers = new Map<number, { run: () => void; milliseconds: number }>()
  private next = 1

  open(): WebSocket {
    const socket = new FakeSocket()
    this.sockets.push(socket)
    return socket as unknown as WebSocket
  }

  setTimer(run: () => void, milliseconds: number): unknown {
    this.timers.set(this.next, { run, milliseconds })
    return this.next++
  }

  clearTimer(timer: unknown): void {
    this.timers.delete(timer as number)
  }

  random(): number {
    return 1
  }

  get last(): FakeSocket {
    const socket = this.sockets.at(-1)
    if (!socket) throw new Error('nothing was opened')
    return socket
  }

  /** Milliseconds until the only timer. */
  get delay(): number | undefined {
    return [...this.timers.values()].at(-1)?.milliseconds
  }

  /** Lets the time of every timer come. */
  elapse(): void {
    const due = [...this.timers.values()]
    this.timers.clear()
    for (const timer of due) timer.run()
  }
}
