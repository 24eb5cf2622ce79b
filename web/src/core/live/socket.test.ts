import { beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeSurroundings } from '@/testing/fakeSocket'
import { LiveSocket, type LinkState, type Listener } from './socket'
import type { ByeReason, Position, SubscriptionFrame } from './protocol'

const query = { query: { cluster: 'local', resource: 'pods' } }

function listener(position: Position | null = null): Listener & { frames: SubscriptionFrame[]; at: Position | null } {
  const frames: SubscriptionFrame[] = []
  return {
    frames,
    at: position,
    frame: (frame) => void frames.push(frame),
    position() {
      return this.at
    },
  }
}

describe('LiveSocket', () => {
  let around: FakeSurroundings
  let states: LinkState[]
  let ended: ByeReason[]
  let live: LiveSocket

  beforeEach(() => {
    around = new FakeSurroundings()
    states = []
    ended = []
    live = new LiveSocket(around, (state) => states.push(state), (reason) => ended.push(reason))
  })

  function opened(): void {
    around.last.onopen?.()
  }

  it('connects on the first subscription and not before', () => {
    expect(around.sockets).toHaveLength(0)
    live.subscribe(query, listener())
    live.subscribe(query, listener())
    expect(around.sockets).toHaveLength(1)
    opened()
    expect(around.last.sent.map((frame) => frame.op)).toEqual(['sub', 'sub'])
    expect(new Set(around.last.sent.map((frame) => 'id' in frame && frame.id)).size).toBe(2)
  })

  it('gives each frame to its own subscription', () => {
    const [one, two] = [listener(), listener()]
    live.subscribe(query, one)
    live.subscribe(query, two)
    opened()
    around.last.say({ op: 'gone', id: '2' })
    around.last.say({ op: 'gone', id: '99' })
    expect(one.frames).toEqual([])
    expect(two.frames).toEqual([{ op: 'gone', id: '2' }])
  })

  it('passes over what is no frame', () => {
    const one = listener()
    live.subscribe(query, one)
    opened()
    for (const data of ['', '{', 'null', '[]', '"x"', '{"op":"news","id":"1"}']) around.last.onmessage?.({ data })
    expect(one.frames).toHaveLength(1)
  })

  it('ends a subscription once, and hears no more of it', () => {
    const one = listener()
    const end = live.subscribe(query, one)
    opened()
    end()
    end()
    around.last.say({ op: 'gone', id: '1' })
    expect(around.last.sent.filter((frame) => frame.op === 'unsub')).toEqual([{ op: 'unsub', id: '1' }])
    expect(one.frames).toEqual([])
  })

  it('comes back after a loss and resumes where it was', () => {
    const one = listener({ epoch: 'e', seq: 7 })
    live.subscribe(query, one)
    opened()
    around.last.onclose?.()
    expect(states.at(-1)).toBe('waiting')
    around.elapse()
    opened()
    expect(around.sockets).toHaveLength(2)
    expect(around.last.sent).toEqual([{ op: 'sub', id: '1', ...query, epoch: 'e', seq: 7 }])
    expect(states.at(-1)).toBe('open')
  })

  it('waits longer after each failure, up to half a minute, and starts anew after an answer', () => {
    live.subscribe(query, listener())
    const waits: (number | undefined)[] = []
    for (let n = 0; n < 9; n++) {
      around.last.onclose?.()
      waits.push(around.delay)
      around.elapse()
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000])
    opened()
    around.last.say({ op: 'pong' })
    around.last.onclose?.()
    expect(around.delay).toBe(500)
  })

  it('asks a silent connection, and drops it when nothing answers', () => {
    live.subscribe(query, listener())
    opened()
    around.elapse()
    expect(around.last.sent.at(-1)).toEqual({ op: 'ping' })
    around.elapse()
    expect(states.at(-1)).toBe('waiting')
    expect(around.last.closed).toBe(true)
  })

  it('stays with a connection that answers', () => {
    live.subscribe(query, listener())
    opened()
    around.elapse()
    around.last.say({ op: 'pong' })
    around.elapse()
    expect(states.at(-1)).toBe('open')
  })

  it.each<ByeReason>(['signed-out', 'expired'])('does not come back after %s', (reason) => {
    live.subscribe(query, listener())
    opened()
    around.last.say({ op: 'bye', reason })
    around.elapse()
    expect(ended).toEqual([reason])
    expect(states.at(-1)).toBe('closed')
    expect(around.sockets).toHaveLength(1)
  })

  it.each<ByeReason>(['shutdown', 'slow', 'protocol'])('comes back after %s', (reason) => {
    live.subscribe(query, listener())
    opened()
    around.last.say({ op: 'bye', reason })
    around.elapse()
    expect(around.sockets).toHaveLength(2)
  })

  it('gives the connection back while paused and wakes at once', () => {
    live.subscribe(query, listener())
    opened()
    live.pause()
    expect(around.last.closed).toBe(true)
    around.elapse()
    expect(around.sockets).toHaveLength(1)
    live.wake()
    expect(around.sockets).toHaveLength(2)
  })

  it('wakes a waiting connection without waiting', () => {
    live.subscribe(query, listener())
    opened()
    around.last.onclose?.()
    live.wake()
    expect(around.sockets).toHaveLength(2)
    around.elapse()
    expect(around.sockets).toHaveLength(3 - 1)
  })

  it('refuses what the server would not take, and says why', () => {
    const spy = vi.fn()
    live.subscribe(query, listener())
    opened()
    around.last.say({ op: 'hello', version: '1', maxSubscriptions: 1 })
    live.subscribe(query, { frame: spy, position: () => null })
    expect(spy).toHaveBeenCalledWith(expect.objectContaining({ op: 'error', problem: expect.objectContaining({ status: 429 }) }))
    expect(around.last.sent).toHaveLength(1)
  })
})
