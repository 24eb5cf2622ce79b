import { describe, expect, it } from 'vitest'
import { firstOptions, graceIsWrong, minutesAreWrong, missingAllowances, requestOf } from './drainOptions'

describe('requestOf', () => {
  it('sends only what was chosen', () => {
    expect(requestOf(firstOptions(), true)).toEqual({ ignoreDaemonSets: true, deleteEmptyDirData: false, force: false, dryRun: true })
  })

  it('turns minutes into seconds and keeps a grace of zero', () => {
    expect(requestOf({ ...firstOptions(), grace: '0', minutes: '5' }, false)).toMatchObject({ gracePeriodSeconds: 0, timeoutSeconds: 300, dryRun: false })
  })
})

it.each([
  ['', false, false],
  ['0', false, true],
  ['30', false, false],
  ['1440', false, false],
  ['1441', false, true],
  ['-1', true, true],
  ['1.5', true, true],
  ['soon', true, true],
])('judges the figure %j', (text, graceWrong, minutesWrong) => {
  expect(graceIsWrong({ ...firstOptions(), grace: text })).toBe(graceWrong)
  expect(minutesAreWrong({ ...firstOptions(), minutes: text })).toBe(minutesWrong)
})

describe('missingAllowances', () => {
  const failed = (message: string) => ({ phase: 'failed', message })

  it('names each option once', () => {
    const items = [
      failed('has no controller, so nothing would make it again'),
      failed('keeps data in the emptyDir volume tmp, which would be lost'),
      failed('keeps data in the emptyDir volume cache, which would be lost'),
      failed('belongs to the DaemonSet proxy, which would put it back at once'),
    ]
    expect(missingAllowances(items)).toEqual(['ignoreDaemonSets', 'deleteEmptyDirData', 'force'])
  })

  it('passes over pods that may go and errors that no option cures', () => {
    expect(missingAllowances([{ phase: 'skipped', message: 'has no controller' }, failed('pods "a" is forbidden')])).toEqual([])
  })
})
