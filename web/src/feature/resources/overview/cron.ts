/** One field of a schedule as the set of values that match. */
type Field = ReadonlySet<number>

export interface Schedule {
  minute: Field
  hour: Field
  day: Field
  month: Field
  weekday: Field
  /** Whether day and weekday were given, which decides how they combine. */
  anyDay: boolean
  anyWeekday: boolean
}

const MACROS: Record<string, string> = {
  '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *', '@monthly': '0 0 1 * *', '@weekly': '0 0 * * 0', '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@hourly': '0 * * * *',
}
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

function valueOf(text: string, names: readonly string[], first: number): number {
  const named = names.indexOf(text.toLowerCase())
  if (named >= 0) return named + first
  return /^\d+$/.test(text) ? Number(text) : Number.NaN
}

/** Reads "*", "5", "1-5", "*\/15", "1,2" and what combines them; null if it is none of that. */
function parseField(text: string, low: number, high: number, names: readonly string[] = []): Field | null {
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/')
    const by = step === undefined ? 1 : Number(step)
    const [from = '', to] = range === '*' || range === '?' ? [String(low), String(high)] : range.split('-')
    const first = valueOf(from, names, low === 0 ? 0 : 1)
    const last = to === undefined ? (step === undefined ? first : high) : valueOf(to, names, low === 0 ? 0 : 1)
    if (!Number.isInteger(by) || by < 1 || !(first >= low && first <= last && last <= high)) return null
    for (let value = first; value <= last; value += by) values.add(value)
  }
  return values
}

/** Reads the schedule of a CronJob: five fields, or a word such as @daily. null if it cannot be read. */
export function parseSchedule(text: string): Schedule | null {
  const fields = (MACROS[text.trim()] ?? text).trim().split(/\s+/)
  if (fields.length !== 5) return null
  const [m = '', h = '', d = '', mo = '', w = ''] = fields
  const minute = parseField(m, 0, 59)
  const hour = parseField(h, 0, 23)
  const day = parseField(d, 1, 31)
  const month = parseField(mo, 1, 12, MONTHS)
  const week = parseField(w, 0, 7, WEEKDAYS)
  if (!minute || !hour || !day || !month || !week) return null
  const weekday = new Set([...week].map((each) => each % 7))
  return { minute, hour, day, month, weekday, anyDay: /^[*?]/.test(d), anyWeekday: /^[*?]/.test(w) }
}

interface Clock {
  month: number
  day: number
  hour: number
  minute: number
  weekday: number
}

const MINUTE = 60_000
const FIVE_YEARS = 5 * 366 * 24 * 60 * MINUTE

/** Tells the local time of a zone; zones that the browser does not know count as UTC. */
function clockOf(zone: string): (millis: number) => Clock {
  const options = { hourCycle: 'h23', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', weekday: 'short' } as const
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone })
  } catch {
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' })
  }
  return (millis) => {
    const parts = Object.fromEntries(format.formatToParts(millis).map((part) => [part.type, part.value]))
    return { month: Number(parts['month']), day: Number(parts['day']), hour: Number(parts['hour']), minute: Number(parts['minute']), weekday: WEEKDAYS.indexOf((parts['weekday'] ?? '').toLowerCase()) }
  }
}

function dayFits(schedule: Schedule, clock: Clock): boolean {
  if (!schedule.month.has(clock.month)) return false
  const day = schedule.day.has(clock.day)
  const weekday = schedule.weekday.has(clock.weekday)
  return schedule.anyDay || schedule.anyWeekday ? day && weekday : day || weekday
}

/** The next time of a schedule after a moment, in milliseconds; null if there is none within five years. */
export function nextRun(schedule: Schedule, after: number, zone = 'UTC'): number | null {
  const clock = clockOf(zone)
  let at = Math.floor(after / MINUTE) * MINUTE + MINUTE
  while (at < after + FIVE_YEARS) {
    const now = clock(at)
    const toHour = (60 - now.minute) * MINUTE
    // To an hour before midnight, not beyond: days with a change of the clock are 23 or 25 hours long.
    if (!dayFits(schedule, now)) at += Math.max(toHour, (23 * 60 - now.hour * 60 - now.minute) * MINUTE)
    else if (!schedule.hour.has(now.hour)) at += toHour
    else if (!schedule.minute.has(now.minute)) at += MINUTE
    else return at
  }
  return null
}

/** A schedule in words, as far as it has a usual shape: a key of the texts and what stands in it. */
export type ScheduleWords =
  | { form: 'everyMinute' }
  | { form: 'everyMinutes'; n: number }
  | { form: 'hourly'; minute: string }
  | { form: 'everyHours'; n: number; minute: string }
  | { form: 'daily'; time: string }
  | { form: 'weekly'; time: string; days: number[] }
  | { form: 'monthly'; time: string; day: number }

const two = (value: number): string => String(value).padStart(2, '0')

/** The distance between evenly spread values that fill a range; 0 if they do not. */
function step(values: Field, range: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const by = (sorted[1] ?? range) - (sorted[0] ?? 0)
  return sorted[0] === 0 && range % by === 0 && sorted.length === range / by && sorted.every((value, index) => value === index * by) ? by : 0
}

export function describeSchedule(schedule: Schedule): ScheduleWords | null {
  const { minute, hour, day, month, weekday, anyDay, anyWeekday } = schedule
  if (month.size !== 12) return null
  const everyDay = anyDay && day.size === 31 && anyWeekday && weekday.size === 7
  if (everyDay && hour.size === 24) {
    if (minute.size === 60) return { form: 'everyMinute' }
    if (minute.size > 1) return step(minute, 60) ? { form: 'everyMinutes', n: step(minute, 60) } : null
    return { form: 'hourly', minute: two([...minute][0] ?? 0) }
  }
  if (minute.size !== 1) return null
  if (everyDay && hour.size > 1) return step(hour, 24) ? { form: 'everyHours', n: step(hour, 24), minute: two([...minute][0] ?? 0) } : null
  if (hour.size !== 1) return null
  const time = `${two([...hour][0] ?? 0)}:${two([...minute][0] ?? 0)}`
  if (everyDay) return { form: 'daily', time }
  if (anyDay && day.size === 31) return { form: 'weekly', time, days: [...weekday].sort((a, b) => ((a + 6) % 7) - ((b + 6) % 7)) }
  return anyWeekday && weekday.size === 7 && day.size === 1 ? { form: 'monthly', time, day: [...day][0] ?? 1 } : null
}
