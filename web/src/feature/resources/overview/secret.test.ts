import { expect, it } from 'vitest'
import { decodeValue, secretKeys } from './secret'

it('names the keys though the values were taken out', () => {
  expect(secretKeys({ data: { b: null, a: null } })).toEqual(['a', 'b'])
  expect(secretKeys({})).toEqual([])
})

it('decodes text in any language, and says when it is none', () => {
  expect(decodeValue(btoa('hello'))).toBe('hello')
  expect(decodeValue('5Lit5paH')).toBe('中文')
  expect(decodeValue('//79')).toBeNull()
  expect(decodeValue('!')).toBeNull()
})
