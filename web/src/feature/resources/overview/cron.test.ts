import { describe, expect, it } from 'vitest'
import { describeSchedule, nextRun, parseSchedule } from './cron'

const at = (text: string): number => Date.parse(text)

describe('parseSchedule', () => {
  it.each(['* * * * *', '*/15 0-6,22 1 jan-mar mon', '@daily', '0 9 * * 1-5', '0 0 ? * 7'])('reads %s', (text) => {
    expect(parseSchedule(text)).not.toBeNull()
  })

  it.each(['', '* * * *', '60 * * * *', '* 24 * * *', '*/0 * * * *', '5-1 * * * *', 'x * * * *', '* * 0 * *', '@never'])('refuses %j', (text) => {
    expect(parseSchedule(text)).toBeNull()
  })
})

describe('nextRun', () => {
  it.each([
    ['*/5 * * * *', '2026-03-01T10:02:30Z', 'UTC', '2026-03-01T10:05:00Z'],
    ['0 3 * * *', '2026-03-01T03:00:00Z', 'UTC', '2026-03-02T03:00:00Z'],
    ['30 2 * * 1', '2026-03-01T00:00:00Z', 'UTC', '2026-03-02T02:30:00Z'],
    ['0 0 29 2 *', '2026-03-01T00:00:00Z', 'UTC', '2028-02-29T00:00:00Z'],
    ['0 9 * * *', '2026-03-01T00:00:00Z', 'Asia/Shanghai', '2026-03-01T01:00:00Z'],
    ['15 0 * * *', '2026-03-28T12:00:00Z', 'Europe/Berlin', '2026-03-28T23:15:00Z'],
    ['15 0 * * *', '2026-03-29T12:00:00Z', 'Europe/Berlin', '2026-03-29T22:15:00Z'],
    ['45 9 * * *', '2026-03-01T00:00:00Z', 'Asia/Kolkata', '2026-03-01T04:15:00Z'],
    ['0 0 13 * 5', '2026-03-01T00:00:00Z', 'UTC', '2026-03-06T00:00:00Z'],
  ])('%s after %s in %s', (text, after, zone, next) => {
    expect(new Date(nextRun(parseSchedule(text)!, at(after), zone) ?? 0).toISOString()).toBe(new Date(next).toISOString())
  })

  it('knows a day that never comes', () => {
    expect(nextRun(parseSchedule('0 0 31 2 *')!, at('2026-03-01T00:00:00Z'))).toBeNull()
  })
})

describe('describeSchedule', () => {
  it.each([
    ['* * * * *', { form: 'everyMinute' }],
    ['*/15 * * * *', { form: 'everyMinutes', n: 15 }],
    ['5 * * * *', { form: 'hourly', minute: '05' }],
    ['0 */6 * * *', { form: 'everyHours', n: 6, minute: '00' }],
    ['30 3 * * *', { form: 'daily', time: '03:30' }],
    ['0 9 * * 1-5', { form: 'weekly', time: '09:00', days: [1, 2, 3, 4, 5] }],
    ['0 9 * * 0,6', { form: 'weekly', time: '09:00', days: [6, 0] }],
    ['0 0 1 * *', { form: 'monthly', time: '00:00', day: 1 }],
  ])('%s', (text, words) => {
    expect(describeSchedule(parseSchedule(text)!)).toEqual(words)
  })

  it.each(['0 0 1 1 *', '1,7 * * * *', '0 1,5 * * *', '0 0 13 * 5'])('leaves %s as it is', (text) => {
    expect(describeSchedule(parseSchedule(text)!)).toBeNull()
  })
})
