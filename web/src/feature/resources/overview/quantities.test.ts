import { expect, it } from 'vitest'
import { parseBytes, parseCpu, parseQuantity } from './quantities'

it.each([
  ['100m', 0.1], ['1', 1], ['1.5', 1.5], ['128Mi', 134217728], ['1Gi', 1073741824], ['1k', 1000], ['1e3', 1000], ['1E3', 1000], ['2E', 2e18], ['-5', -5],
])('%s is %d', (text, value) => {
  expect(parseQuantity(text)).toBeCloseTo(value)
})

it.each(['', 'abc', '1Xi', '1.2.3', undefined])('%s is no quantity', (text) => {
  expect(parseQuantity(text)).toBeNull()
})

it('gives CPU in millicores and memory in bytes', () => {
  expect(parseCpu('250m')).toBe(250)
  expect(parseCpu('2')).toBe(2000)
  expect(parseCpu('100n')).toBe(0)
  expect(parseBytes('64Mi')).toBe(67108864)
})
