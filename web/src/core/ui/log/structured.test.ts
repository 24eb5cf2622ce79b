import { describe, expect, it } from 'vitest'
import { structuredLine, structuredText } from './structured'

describe('structuredLine', () => {
  it('reads level, message and the rest in order', () => {
    const line = structuredLine('{"time":"2026-01-01T00:00:00Z","level":"INFO","msg":"transfer done","service":"teller","amount_minor":12345,"note":"two words","tags":["a"]}')
    expect(line).toEqual({ level: 'INFO', tone: 'plain', message: 'transfer done', rest: 'service=teller amount_minor=12345 note="two words" tags=["a"]' })
    expect(structuredText(line!)).toBe('INFO transfer done service=teller amount_minor=12345 note="two words" tags=["a"]')
  })

  it.each([['error', 'error'], ['FATAL', 'error'], ['warning', 'warning'], ['Debug', 'debug'], ['notice', 'plain']])('judges the level %s as %s', (level, tone) => {
    expect(structuredLine(JSON.stringify({ severity: level, message: 'x' }))?.tone).toBe(tone)
  })

  it.each(['', 'plain text', '{', '{"msg":', '[1]', '{"no":"message"}', '{"msg":5}', '{"msg":"cut', `{"msg":"${'x'.repeat(40_000)}"}`])('leaves %.20s as it is', (text) => {
    expect(structuredLine(text)).toBeNull()
  })
})
