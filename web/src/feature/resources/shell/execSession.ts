/** The frames of subprotocol kubemate.exec.v1: binary, the first byte says what. */
export const EXEC_PROTOCOL = 'kubemate.exec.v1'
const STDIN = 0
const STDOUT = 1
const STDERR = 2
const STATUS = 3
const RESIZE = 4

export interface ExecResult {
  exitCode: number
  message: string
}

/** One frame from the server; null for what is none. */
export function decodeFrame(data: ArrayBuffer): { output: Uint8Array } | { result: ExecResult } | null {
  const bytes = new Uint8Array(data)
  const body = bytes.subarray(1)
  if (bytes[0] === STDOUT || bytes[0] === STDERR) return { output: body }
  if (bytes[0] !== STATUS) return null
  try {
    const { exitCode, message } = JSON.parse(new TextDecoder().decode(body)) as Partial<ExecResult>
    return { result: { exitCode: exitCode ?? -1, message: message ?? '' } }
  } catch {
    return null
  }
}

export function encodeFrame(kind: 'stdin' | 'resize', text: string): Uint8Array<ArrayBuffer> {
  const body = new TextEncoder().encode(text)
  const frame = new Uint8Array(body.length + 1)
  frame[0] = kind === 'stdin' ? STDIN : RESIZE
  frame.set(body, 1)
  return frame
}

interface Events {
  onOpen: () => void
  onOutput: (bytes: Uint8Array) => void
  /** The command ended (with its result), or the connection was lost (null). `opened`: it was there once. */
  onEnd: (result: ExecResult | null, opened: boolean) => void
}

/** One command in a container, over one WebSocket. */
export class ExecSession {
  private size: { cols: number; rows: number } | null = null
  private opened = false
  private result: ExecResult | null = null

  constructor(
    private readonly socket: WebSocket,
    private readonly events: Events,
  ) {
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      this.opened = true
      if (this.size) this.resize(this.size.cols, this.size.rows)
      events.onOpen()
    }
    socket.onmessage = (event: MessageEvent) => this.receive(event.data)
    socket.onclose = () => events.onEnd(this.result, this.opened)
  }

  type(text: string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(encodeFrame('stdin', text))
  }

  resize(cols: number, rows: number): void {
    this.size = { cols, rows }
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(encodeFrame('resize', JSON.stringify(this.size)))
  }

  /** Ends it without telling anybody. */
  close(): void {
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null
    this.socket.close(1000)
  }

  private receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return
    const frame = decodeFrame(data)
    if (frame && 'output' in frame) this.events.onOutput(frame.output)
    else if (frame) this.result = frame.result
  }
}
