import { describe, expect, it } from 'vitest'
import { tonesOf, worst } from './tones'

describe('tones', () => {
  it('puts the worst first and leaves out what does not occur', () => {
    expect(tonesOf({ ok: 8, neutral: 0, error: 1 })).toEqual([
      { tone: 'error', count: 1 },
      { tone: 'ok', count: 8 },
    ])
  })
  it('names the worst, and neutral for nothing at all', () => {
    expect(worst({ ok: 3, warning: 2 })).toBe('warning')
    expect(worst({})).toBe('neutral')
  })
})
