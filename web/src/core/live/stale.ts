import type { PageState } from './model'

/** Why what is shown may be out of date: the console lost the server, or the server lost the cluster. */
export interface Staleness {
  by: 'connection' | 'cluster'
  /** Milliseconds since 1970 from when on changes may be missing. */
  since: number
  cause?: string
}

/** Short losses repair themselves before anybody needs to know. */
export function staleness(lostAt: number | null, state: PageState | null): Staleness | null {
  if (state?.phase === 'stale') return { by: 'cluster', since: state.since * 1000, cause: state.cause }
  if (lostAt !== null) return { by: 'connection', since: lostAt }
  return null
}
