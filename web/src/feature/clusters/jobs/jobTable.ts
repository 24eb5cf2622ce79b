import { computed, type ComputedRef } from 'vue'
import { useText } from '@/core/i18n'
import type { Cell, Column } from '@/core/live'
import type { Job } from '../queries'

/** The columns of the table of jobs. */
export function useJobColumns(): ComputedRef<(Column & { width?: string })[]> {
  const { t } = useText()
  return computed(() =>
    (
      [
        ['job', 'text', 'minmax(12rem, 1.6fr)'], ['phase', 'text', '9rem'], ['progress', 'fraction', 'minmax(9rem, 1fr)'], ['message', 'text', 'minmax(10rem, 2fr)'],
        ['user', 'text', 'minmax(7rem, 0.8fr)'], ['created', 'time', '6rem'], ['took', 'text', '6rem'],
      ] as const
    ).map(([id, type, width]) => ({ id, type, width, title: t(`clusters.jobs.column.${id}`), sortable: false, filterable: false, facet: false, wide: false })),
  )
}

/** One cell; words, bars and durations are drawn by the page. */
export function jobCell(job: Job, id: string): Cell {
  switch (id) {
    case 'job':
      return job.ref.name
    case 'phase':
      return job.phase
    case 'progress':
      return [job.progress.done, job.progress.total]
    case 'message':
      return job.message ?? null
    case 'user':
      return job.user
    case 'created':
      return Math.floor(Date.parse(job.created) / 1000)
    default:
      return null
  }
}

/** Milliseconds that a job took, or has taken until now. */
export function tookOf(job: Job, now: number): number {
  return Math.max(0, (job.finished ? Date.parse(job.finished) : now) - Date.parse(job.created))
}
