import { describe, expect, it } from 'vitest'
import type { WhyCause } from '../types'
import zh from './causes.zh-CN.json'
import { fill, wordsOf } from './useCauseText'

const cause = (code: string, params: Record<string, string>): WhyCause => ({ code, params, tone: 'error', title: 'Title', detail: 'Detail', evidence: [], remedy: ['Do it.'] })

describe('wordsOf', () => {
  const texts = { quota: { title: 'T {quota}', remedy: ['R {quota}'] }, 'quota/special': { title: 'S {quota}' } }

  it('says it in its own words when all parameters are there', () => {
    expect(wordsOf(cause('quota', { quota: 'q' }), texts)).toEqual({ title: 'T q', detail: 'Detail', remedy: ['R q'] })
  })

  it('prefers the text of a variant', () => {
    expect(wordsOf(cause('quota', { quota: 'q', reason: 'special' }), texts).title).toBe('S q')
  })

  it('shows no text with a gap', () => {
    expect(wordsOf(cause('quota', {}), texts)).toEqual({ title: 'Title', detail: 'Detail', remedy: ['Do it.'] })
  })

  it('leaves an unknown code to the server', () => {
    expect(wordsOf(cause('new-code', {}), texts).title).toBe('Title')
  })
})

it('fill gives nothing when a parameter is missing or empty', () => {
  expect(fill('a {x} b', { x: '1' })).toBe('a 1 b')
  expect(fill('a {x}', {})).toBeNull()
  expect(fill('a {x}', { x: '' })).toBeNull()
})

it.each(Object.entries(zh))('the Chinese text of %s is whole', (_code, text) => {
  const all = [text.title, ...('detail' in text ? [text.detail] : []), ...('remedy' in text ? text.remedy : [])]
  expect(all.every((each) => /[\u4e00-\u9fff]/.test(each ?? ''))).toBe(true)
})
