/** Unix seconds, milliseconds since 1970, an RFC 3339 text or a Date. */
export type TimeInput = number | string | Date

/** Numbers below this are Unix seconds, not milliseconds (it is the year 5138 in seconds). */
const SECONDS_LIMIT = 1e11

/** Milliseconds since 1970, null if the input is no time. */
export function toMillis(input: TimeInput | null | undefined): number | null {
  if (input === null || input === undefined || input === '') return null
  if (typeof input === 'number') return input < SECONDS_LIMIT ? input * 1000 : input
  const millis = input instanceof Date ? input.getTime() : Date.parse(input)
  return Number.isNaN(millis) ? null : millis
}

/** Date and time in the user's zone: "2026-11-22 12:03:04 GMT+1". The same order in every language. */
export function formatLocal(millis: number, locale: string): string {
  const zone = new Intl.DateTimeFormat(locale, { timeZoneName: 'short' })
    .formatToParts(millis)
    .find((part) => part.type === 'timeZoneName')?.value
  return `${formatClock(millis)} ${zone ?? ''}`.trim()
}

/** Date and time in the user's zone without naming it: "2026-11-22 12:03:04". */
export function formatClock(millis: number): string {
  const d = new Date(millis)
  const date = [d.getFullYear(), two(d.getMonth() + 1), two(d.getDate())].join('-')
  return `${date} ${[d.getHours(), d.getMinutes(), d.getSeconds()].map(two).join(':')}`
}

/** Date and time in UTC: "2026-11-22 11:03:04 UTC". */
export function formatUtc(millis: number): string {
  return `${new Date(millis).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
