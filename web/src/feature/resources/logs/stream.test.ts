import { describe, expect, it } from 'vitest'
import { logParams, readItems, Resume, type LogItem } from './stream'

function streamOf(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
      controller.close()
    },
  })
}

async function itemsOf(...chunks: (string | Uint8Array)[]): Promise<LogItem[]> {
  const items: LogItem[] = []
  await readItems(streamOf(...chunks), (item) => items.push(item))
  return items
}

describe('readItems', () => {
  it('joins lines that come in pieces', async () => {
    expect(await itemsOf('{"m":"a"}\n{"m"', ':"b"}\n{"m":"c"}')).toEqual([{ m: 'a' }, { m: 'b' }, { m: 'c' }])
  })

  it('joins characters that come in pieces', async () => {
    const bytes = new TextEncoder().encode('{"m":"中"}\n')
    expect(await itemsOf(bytes.slice(0, 7), bytes.slice(7))).toEqual([{ m: '中' }])
  })

  it('leaves out what is no JSON', async () => {
    expect(await itemsOf('{"m":"a"}\n\nrubbish\n{"m":')).toEqual([{ m: 'a' }])
  })
})

describe('Resume', () => {
  const line = (t: string, m: string, c = 'app'): LogItem => ({ t, p: 'p', c, m })

  it('leaves out what comes a second time, and nothing else', () => {
    const resume = new Resume()
    const first = [line('1', 'a'), line('2', 'b'), line('2', 'c')]
    expect(first.every((item) => resume.fresh(item))).toBe(true)
    expect(resume.since()).toBe('2')
    resume.reopened()
    const again = [line('1', 'a'), line('2', 'b'), line('2', 'c'), line('2', 'd'), line('3', 'e')]
    expect(again.filter((item) => resume.fresh(item)).map((item) => item.m)).toEqual(['d', 'e'])
  })

  it('knows each container for itself', () => {
    const resume = new Resume()
    resume.fresh(line('5', 'a', 'one'))
    resume.reopened()
    expect(resume.fresh(line('3', 'b', 'two'))).toBe(true)
    expect(resume.fresh(line('5', 'a', 'one'))).toBe(false)
  })
})

it('logParams never asks to follow a run that has ended', () => {
  expect(logParams({ containers: ['a', 'b'], previous: true, follow: true, tailLines: 100 }).toString()).toBe('container=a&container=b&previous=true&tailLines=100')
  expect(logParams({ containers: [], previous: false, follow: true, sinceTime: 't', tailLines: 100 }).toString()).toBe('follow=true&sinceTime=t')
})
