import { computed, onScopeDispose, shallowRef, toValue, watch, type ComputedRef, type MaybeRefOrGetter, type ShallowRef } from 'vue'
import type { ApiProblem} from '../api';
import { problemFrom } from '../api'
import { useLive } from './link'
import type { Column, Page, PageState, Query, Row } from './model'
import { applyPatch } from './patch'
import type { SubscriptionFrame } from './protocol'
import type { Listener } from './socket'
import { staleness, type Staleness } from './stale'

export interface LiveList {
  page: Readonly<ShallowRef<Page | null>>
  rows: ComputedRef<Row[]>
  columns: ComputedRef<Column[]>
  facets: ComputedRef<Page['facets']>
  total: ComputedRef<number>
  state: ComputedRef<PageState | null>
  /** Nothing to show yet: draw a skeleton. */
  loading: ComputedRef<boolean>
  /** Rows of the previous question are on show until the answer comes. */
  pending: Readonly<ShallowRef<boolean>>
  /** Set while what is shown may be out of date. */
  stale: ComputedRef<Staleness | null>
  problem: Readonly<ShallowRef<ApiProblem | null>>
  /** Asks again after an error. */
  retry: () => void
}

/**
 * Rows of one kind that change by themselves. A null query asks for nothing. When the query
 * changes, the old rows stay until the new ones arrive, unless it is about another kind or cluster.
 */
export function useLiveList(query: MaybeRefOrGetter<Query | null>): LiveList {
  const link = useLive()
  const page = shallowRef<Page | null>(null)
  const pending = shallowRef(true)
  const problem = shallowRef<ApiProblem | null>(null)
  let fits = false // whether the page on show answers the present query
  let end: (() => void) | null = null

  const listener: Listener = {
    position: () => (fits && page.value ? { epoch: page.value.epoch, seq: page.value.seq } : null),
    frame: receive,
  }

  function receive(frame: SubscriptionFrame): void {
    if (frame.op === 'page') {
      page.value = frame.page
      fits = true
      pending.value = false
      problem.value = null
    } else if (frame.op === 'patch' && page.value && fits) {
      const next = applyPatch(page.value, frame)
      if (next) page.value = next
      else resync()
    } else if (frame.op === 'state' && page.value) {
      page.value = { ...page.value, state: frame.state }
    } else if (frame.op === 'error') {
      problem.value = problemFrom(frame.problem, frame.problem.status)
      pending.value = false
    }
  }

  function resync(): void {
    fits = false
    link.socket.resync(listener)
  }

  function start(next: Query | null): void {
    end?.()
    end = null
    fits = false
    problem.value = null
    pending.value = next !== null
    if (!next || page.value?.resource !== next.resource || page.value.cluster !== next.cluster) page.value = null
    if (next) end = link.socket.subscribe({ query: next }, listener)
  }

  // Compared as text: a page that makes an equal query anew must not subscribe anew.
  const text = computed(() => JSON.stringify(toValue(query)))
  watch(text, (value) => start(JSON.parse(value) as Query | null), { immediate: true })
  onScopeDispose(() => end?.())

  return {
    page,
    rows: computed(() => page.value?.rows ?? []),
    columns: computed(() => page.value?.columns ?? []),
    facets: computed(() => page.value?.facets ?? {}),
    total: computed(() => page.value?.total ?? 0),
    state: computed(() => page.value?.state ?? null),
    loading: computed(() => !problem.value && (!page.value || (page.value.state.phase === 'loading' && page.value.rows.length === 0))),
    pending,
    stale: computed(() => staleness(link.lostAt.value, page.value?.state ?? null)),
    problem,
    retry: () => start(toValue(query)),
  }
}
