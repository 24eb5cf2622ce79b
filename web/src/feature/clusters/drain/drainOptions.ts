import type { DrainRequest } from '../queries'

/** What the user chooses, as it stands in the form. */
export interface DrainOptions {
  ignoreDaemonSets: boolean
  deleteEmptyDirData: boolean
  force: boolean
  /** Seconds; "" leaves each pod its own. */
  grace: string
  /** Minutes; "" is an hour. */
  minutes: string
}

/** Nearly every node has pods of DaemonSets; all else that could lose something is off. */
export function firstOptions(): DrainOptions {
  return { ignoreDaemonSets: true, deleteEmptyDirData: false, force: false, grace: '', minutes: '' }
}

const DAY_MINUTES = 24 * 60
const whole = (text: string): number | null => (/^\d{1,7}$/.test(text.trim()) ? Number(text) : null)

export function graceIsWrong(options: DrainOptions): boolean {
  return options.grace.trim() !== '' && whole(options.grace) === null
}

export function minutesAreWrong(options: DrainOptions): boolean {
  if (options.minutes.trim() === '') return false
  const minutes = whole(options.minutes)
  return minutes === null || minutes < 1 || minutes > DAY_MINUTES
}

/** The options as the server takes them. */
export function requestOf(options: DrainOptions, dryRun: boolean): DrainRequest {
  const grace = whole(options.grace)
  const minutes = whole(options.minutes)
  return {
    ignoreDaemonSets: options.ignoreDaemonSets,
    deleteEmptyDirData: options.deleteEmptyDirData,
    force: options.force,
    dryRun,
    ...(grace === null ? {} : { gracePeriodSeconds: grace }),
    ...(minutes === null ? {} : { timeoutSeconds: minutes * 60 }),
  }
}

export type Allowance = 'ignoreDaemonSets' | 'deleteEmptyDirData' | 'force'

/** What the server says of a pod that stands in the way → the option that would allow it. */
const ALLOWS: readonly [RegExp, Allowance][] = [
  [/which would put it back at once$/, 'ignoreDaemonSets'],
  [/in the emptyDir volume/, 'deleteEmptyDirData'],
  [/^has no controller/, 'force'],
]

/** The options that would let a refused drain begin. */
export function missingAllowances(items: readonly { phase: string; message?: string }[]): Allowance[] {
  const stopped = items.filter((item) => item.phase === 'failed')
  return ALLOWS.filter(([pattern]) => stopped.some((item) => pattern.test(item.message ?? ''))).map(([, option]) => option)
}
