import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseAnsi, stripAnsi } from './ansi'
import { LogBuffer } from './buffer'
import { matchingLines, splitMatches } from './matches'

const ESC = '\u001b'

describe('parseAnsi', () => {
  it.each([
    ['plain', [{ text: 'plain', classes: '' }]],
    [`${ESC}[31mred${ESC}[0m rest`, [{ text: 'red', classes: 'fg-1' }, { text: ' rest', classes: '' }]],
    [`${ESC}[1;92mok${ESC}[22;39m.`, [{ text: 'ok', classes: 'fg-10 bold' }, { text: '.', classes: '' }]],
    [`${ESC}[38;5;200mx${ESC}[38;2;1;2;3my`, [{ text: 'x', classes: '' }, { text: 'y', classes: '' }]],
    [`${ESC}]0;title\u0007text${ESC}[2K`, [{ text: 'text', classes: '' }]],
    [`${ESC}[mreset${ESC}[`, [{ text: `reset${ESC}[`, classes: '' }]],
    ['', [{ text: '', classes: '' }]],
  ])('%j', (line, parts) => expect(parseAnsi(line)).toEqual(parts))

  it('loses no visible text', () => {
    const line = `a${ESC}[31mb${ESC}[0mc`
    expect(parseAnsi(line).map((part) => part.text).join('')).toBe(stripAnsi(line))
  })
})

describe('matches', () => {
  it('finds lines by their visible text', () => {
    const lines = ['Error one', 'fine', `${ESC}[31mERR${ESC}[0mOR two`].map((text, id) => ({ id, text, fields: null }))
    expect(matchingLines(lines, 'error', false)).toEqual([0, 2])
    expect(matchingLines(lines, '', false)).toEqual([])
    expect(matchingLines(lines, '.*', false)).toEqual([])
  })

  it.each([
    ['abcabc', 'B', ['a', 'b', 'ca', 'b', 'c']],
    ['aaa', 'aa', ['', 'aa', 'a']],
    ['abc', '', ['abc']],
    ['abc', 'x', ['abc']],
  ])('cuts %s at %s', (text, wanted, pieces) => expect(splitMatches(text, wanted)).toEqual(pieces))
})

describe('LogBuffer', () => {
  afterEach(() => vi.useRealTimers())

  it('tells the page once for lines that come together', () => {
    vi.useFakeTimers()
    const buffer = new LogBuffer()
    for (let n = 0; n < 1000; n++) buffer.append({ text: String(n) })
    expect(buffer.lines.value).toHaveLength(0)
    vi.runAllTimers()
    expect(buffer.lines.value).toHaveLength(1000)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps the newest lines and counts what it dropped', () => {
    const buffer = new LogBuffer(3)
    for (let n = 0; n < 5; n++) buffer.append({ text: String(n) })
    buffer.flush()
    expect(buffer.lines.value.map((line) => line.text)).toEqual(['2', '3', '4'])
    expect(buffer.lines.value[0]?.id).toBe(2)
    expect(buffer.dropped).toBe(2)
    buffer.clear()
    expect(buffer.lines.value).toEqual([])
  })
})
