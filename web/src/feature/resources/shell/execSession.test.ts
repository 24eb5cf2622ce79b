import { describe, expect, it, vi } from 'vitest'
import { decodeFrame, encodeFrame, ExecSession } from './execSession'

const frame = (kind: number, text: string): ArrayBuffer => {
  const body = new TextEncoder().encode(text)
  const bytes = new Uint8Array(body.length + 1)
  bytes[0] = kind
  bytes.set(body, 1)
  return bytes.buffer
}

describe('frames', () => {
  it('begin with their kind', () => {
    expect([...encodeFrame('stdin', 'ls')]).toEqual([0, 108, 115])
    expect(encodeFrame('resize', '{}')[0]).toBe(4)
  })

  it('tell output from the result', () => {
    expect(decodeFrame(frame(1, 'hi'))).toEqual({ output: new TextEncoder().encode('hi') })
    expect(decodeFrame(frame(3, '{"exitCode":127,"message":"no shell"}'))).toEqual({ result: { exitCode: 127, message: 'no shell' } })
    expect(decodeFrame(frame(3, 'rubbish'))).toBeNull()
    expect(decodeFrame(frame(9, ''))).toBeNull()
  })
})

class FakeSocket {
  readyState = 0
  binaryType = ''
  sent: Uint8Array[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  send(data: Uint8Array): void {
    this.sent.push(data)
  }
  close(): void {
    this.onclose?.()
  }
  open(): void {
    this.readyState = 1
    this.onopen?.()
  }
}

function start() {
  const socket = new FakeSocket()
  const events = { onOpen: vi.fn(), onOutput: vi.fn(), onEnd: vi.fn() }
  return { socket, events, session: new ExecSession(socket as unknown as WebSocket, events) }
}

describe('ExecSession', () => {
  it('sends the size that was known before it was open', () => {
    const { socket, session } = start()
    session.resize(80, 24)
    session.type('lost')
    expect(socket.sent).toEqual([])
    socket.open()
    expect(new TextDecoder().decode(socket.sent[0]?.subarray(1))).toBe('{"cols":80,"rows":24}')
  })

  it('ends with the result of the command', () => {
    const { socket, events } = start()
    socket.open()
    socket.onmessage?.({ data: frame(3, '{"exitCode":0}') })
    socket.close()
    expect(events.onEnd).toHaveBeenCalledWith({ exitCode: 0, message: '' }, true)
  })

  it('tells a refused connection from a lost one', () => {
    const refused = start()
    refused.socket.close()
    expect(refused.events.onEnd).toHaveBeenCalledWith(null, false)
    const lost = start()
    lost.socket.open()
    lost.socket.close()
    expect(lost.events.onEnd).toHaveBeenCalledWith(null, true)
  })

  it('is silent after close', () => {
    const { session, events } = start()
    session.close()
    expect(events.onEnd).not.toHaveBeenCalled()
  })
})
