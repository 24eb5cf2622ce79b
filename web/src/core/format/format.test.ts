import { describe, expect, it } from 'vitest'
import { ageParts } from './age'
import { formatBytes, formatCores, formatCount, formatCpu, formatShare } from './quantity'
import { formatUtc, toMillis } from './time'

describe('ageParts', () => {
  it.each([
    [-5, 0, 's'], [0, 0, 's'], [119, 119, 's'], [120, 2, 'm'], [7199, 119, 'm'], [7200, 2, 'h'], [172799, 47, 'h'],
    [172800, 2, 'd'], [2 * 365 * 86400 - 1, 729, 'd'], [2 * 365 * 86400, 2, 'y'],
  ])('%d s is %d%s', (seconds, value, unit) => {
    expect(ageParts(seconds)).toEqual({ value, unit })
  })
})

describe('formatBytes', () => {
  it.each([
    [0, '0 B'], [1023, '1023 B'], [1024, '1 KiB'], [1536, '1.5 KiB'], [1048575, '1 MiB'], [6.65 * 1024 ** 2, '6.65 MiB'],
    [123456789, '118 MiB'], [3 * 1024 ** 3, '3 GiB'], [2 ** 60, '1024 PiB'], [-2048, '-2 KiB'],
  ])('%d → %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))
})

describe('formatCores', () => {
  it.each([[0, '0'], [7, '0.007'], [0.4, '0'], [20, '0.02'], [250, '0.25'], [1960, '1.96'], [64000, '64']])('%d → %s', (m, text) => expect(formatCores(m)).toBe(text))
})

describe('formatCpu', () => {
  it.each([[0, '0'], [1, '1m'], [250, '250m'], [0.4, '0.4m'], [999, '999m'], [1000, '1'], [1500, '1.5'], [64000, '64']])('%d → %s', (m, text) => expect(formatCpu(m)).toBe(text))
})

describe('formatShare', () => {
  it.each([[0, 10, '0%'], [1, 1000, '<1%'], [1, 3, '33%'], [10, 10, '100%'], [1, 0, '–']])('%d of %d → %s', (part, whole, text) => expect(formatShare(part, whole)).toBe(text))
})

it('writes counts as the language does', () => {
  expect(formatCount(12345, 'en')).toBe('12,345')
})

describe('toMillis', () => {
  it.each([
    [1_790_000_000, 1_790_000_000_000], [1_790_000_000_000, 1_790_000_000_000], ['2026-11-22T11:00:00Z', Date.UTC(2026, 10, 22, 11)],
    ['yesterday', null], ['', null], [null, null], [undefined, null],
  ])('%s → %s', (input, millis) => expect(toMillis(input)).toBe(millis))
})

it('writes UTC to the second', () => {
  expect(formatUtc(Date.UTC(2026, 10, 22, 11, 3, 4, 567))).toBe('2026-11-22 11:03:04 UTC')
})
