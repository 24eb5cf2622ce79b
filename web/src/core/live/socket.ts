import { backoff } from './backoff'
import {
  parseFrame,
  SUBPROTOCOL,
  type ByeReason,
  type ClientFrame,
  type Position,
  type ServerFrame,
  type SubscriptionFrame,
  type Target,
} from './protocol'

/** connecting: no answer yet; open: live; waiting: lost, next try is planned; paused: the tab is hidden; closed: for good. */
export type LinkState = 'connecting' | 'open' | 'waiting' | 'paused' | 'closed'

export interface Listener {
  frame(frame: SubscriptionFrame): void
  /** Where the subscription stands, for resuming; null asks for everything anew. */
  position(): Position | null
}

/** What the socket needs from the browser; tests put fakes here. */
export interface Surroundings {
  open(): WebSocket
  setTimer(run: () => void, milliseconds: number): unknown
  clearTimer(timer: unknown): void
  random(): number
}

interface Subscription {
  target: Target
  listener: Listener
}

const PING_EVERY = 25_000
/** Silence after a ping that counts as a dead connection. */
const PONG_WITHIN = 15_000

export function browserSurroundings(url: string): Surroundings {
  return {
    open: () => new WebSocket(url, SUBPROTOCOL),
    setTimer: (run, milliseconds) => setTimeout(run, milliseconds),
    clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
    random: Math.random,
  }
}

/** One WebSocket for the whole tab. It connects while anybody subscribes, and again after every loss. */
export class LiveSocket {
  private readonly subscriptions = new Map<string, Subscription>()
  private socket: WebSocket | null = null
  private state: LinkState = 'closed'
  private attempt = 0
  private nextId = 1
  private timer: unknown = null
  private maxSubscriptions = 100

  constructor(
    private readonly surroundings: Surroundings,
    private readonly onState: (state: LinkState) => void,
    private readonly onEnded: (reason: ByeReason) => void,
  ) {}

  /** Begins a subscription; the answer ends it. */
  subscribe(target: Target, listener: Listener): () => void {
    const id = String(this.nextId++)
    this.subscriptions.set(id, { target, listener })
    if (this.state === 'closed') this.connect()
    else this.sendSubscription(id)
    return () => this.unsubscribe(id)
  }

  /** Asks for everything of a subscription again, by its listener. */
  resync(listener: Listener): void {
    for (const [id, sub] of this.subscriptions) if (sub.listener === listener) this.sendSubscription(id)
  }

  /** Hidden tabs give their connection back; what they missed is caught up later. */
  pause(): void {
    if (this.state === 'closed') return
    this.drop()
    this.move('paused')
  }

  /** Connects now, without waiting for the planned try. */
  wake(): void {
    if (this.state === 'open' || this.state === 'connecting' || this.state === 'closed') return
    this.attempt = 0
    this.connect()
  }

  /** Ends the connection for good; a later subscribe begins a new one. */
  close(): void {
    this.drop()
    this.move('closed')
  }

  private unsubscribe(id: string): void {
    if (!this.subscriptions.delete(id)) return
    this.send({ op: 'unsub', id })
  }

  private connect(): void {
    this.drop()
    this.move('connecting')
    const socket = this.surroundings.open()
    this.socket = socket
    socket.onopen = () => this.opened()
    socket.onmessage = (event: MessageEvent) => this.received(event.data)
    socket.onclose = () => this.lost()
  }

  private opened(): void {
    this.move('open')
    for (const id of this.subscriptions.keys()) this.sendSubscription(id)
    this.watch()
  }

  /** Plans the next ping, and the end of the connection if nothing answers it. */
  private watch(): void {
    this.plan(() => {
      this.send({ op: 'ping' })
      this.plan(() => this.lost(), PONG_WITHIN)
    }, PING_EVERY)
  }

  private received(data: unknown): void {
    this.watch()
    const frame = parseFrame(data)
    if (frame === null) return
    this.attempt = 0
    if ('id' in frame) this.subscriptions.get(frame.id)?.listener.frame(frame)
    else this.control(frame)
  }

  private control(frame: Exclude<ServerFrame, SubscriptionFrame>): void {
    if (frame.op === 'hello') this.maxSubscriptions = frame.maxSubscriptions
    if (frame.op !== 'bye') return
    if (frame.reason === 'signed-out' || frame.reason === 'expired') this.close()
    else this.lost()
    this.onEnded(frame.reason)
  }

  private lost(): void {
    if (this.state === 'closed' || this.state === 'paused') return
    this.drop()
    this.move('waiting')
    this.plan(() => this.connect(), backoff(this.attempt++, this.surroundings.random))
  }

  private sendSubscription(id: string): void {
    const sub = this.subscriptions.get(id)
    if (!sub || this.state !== 'open') return
    if (this.subscriptions.size > this.maxSubscriptions && this.rank(id) >= this.maxSubscriptions) {
      const detail = `this page watches more than ${this.maxSubscriptions} things at once`
      sub.listener.frame({ op: 'error', id, problem: { title: 'Too many subscriptions', status: 429, detail, code: 'too-many' } })
      return
    }
    this.send({ op: 'sub', id, ...sub.target, ...(sub.listener.position() ?? {}) })
  }

  private rank(id: string): number {
    return [...this.subscriptions.keys()].indexOf(id)
  }

  private send(frame: ClientFrame): void {
    if (this.state === 'open') this.socket?.send(JSON.stringify(frame))
  }

  private drop(): void {
    this.plan(null, 0)
    const socket = this.socket
    this.socket = null
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close(1000)
  }

  private plan(run: (() => void) | null, milliseconds: number): void {
    if (this.timer !== null) this.surroundings.clearTimer(this.timer)
    this.timer = run && this.surroundings.setTimer(run, milliseconds)
  }

  private move(state: LinkState): void {
    if (this.state === state) return
    this.state = state
    this.onState(state)
  }
}
