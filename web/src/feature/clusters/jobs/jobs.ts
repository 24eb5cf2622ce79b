import type { Tone } from '@/core/live'
import type { Job, JobItem } from '../queries'

const TONES: Record<string, Tone> = { running: 'progress', blocked: 'warning', succeeded: 'ok', failed: 'error', cancelled: 'warning' }

/** How good a phase of a job, a stage or an item is. */
export function phaseTone(phase: string): Tone {
  return TONES[phase] ?? 'neutral'
}

/** What needs attention stands first: failed, blocked, at work, still to come, over. */
const ORDER = ['failed', 'blocked', 'running', 'pending', 'cancelled', 'succeeded', 'skipped']

export function sortedItems(items: readonly JobItem[]): JobItem[] {
  const name = (item: JobItem): string => `${item.ref.namespace ?? ''}/${item.ref.name}`
  return [...items].sort((a, b) => ORDER.indexOf(a.phase) - ORDER.indexOf(b.phase) || name(a).localeCompare(name(b), undefined, { numeric: true }))
}

/** Phase → items, in the order above. */
export function countPhases(items: readonly JobItem[]): { phase: string; count: number }[] {
  return ORDER.map((phase) => ({ phase, count: items.filter((item) => item.phase === phase).length })).filter((part) => part.count > 0)
}

/** The drain that works on a node right now, if one does. */
export function runningDrain(jobs: readonly Job[], cluster: string, node: string): Job | null {
  return jobs.find((job) => job.type === 'drain' && job.phase === 'running' && !job.dryRun && job.cluster === cluster && job.ref.name === node) ?? null
}

/** Jobs that fit a text, newest first; tries that changed nothing only when asked for. */
export function visibleJobs(jobs: readonly Job[], q: string, tries: boolean): Job[] {
  const text = q.trim().toLowerCase()
  const fits = (job: Job): boolean => `${job.type} ${job.ref.namespace ?? ''} ${job.ref.name} ${job.user} ${job.phase}`.toLowerCase().includes(text)
  return jobs.filter((job) => (tries || !job.dryRun || job.phase === 'running') && fits(job)).sort((a, b) => Date.parse(b.created) - Date.parse(a.created))
}
