/** Units of an age, the largest that keeps it readable, as in "95s", "12m", "30h", "5d", "2y". */
export type AgeUnit = 's' | 'm' | 'h' | 'd' | 'y'

export interface AgeParts {
  value: number
  unit: AgeUnit
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365 * DAY

/** Splits a duration in seconds; a negative one (clocks differ) counts as 0. */
export function ageParts(seconds: number): AgeParts {
  const s = Math.max(0, Math.floor(seconds))
  if (s < 2 * MINUTE) return { value: s, unit: 's' }
  if (s < 2 * HOUR) return { value: Math.floor(s / MINUTE), unit: 'm' }
  if (s < 2 * DAY) return { value: Math.floor(s / HOUR), unit: 'h' }
  if (s < 2 * YEAR) return { value: Math.floor(s / DAY), unit: 'd' }
  return { value: Math.floor(s / YEAR), unit: 'y' }
}
