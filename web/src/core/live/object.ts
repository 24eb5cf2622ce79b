import { computed, onScopeDispose, shallowRef, toValue, watch, type ComputedRef, type MaybeRefOrGetter, type ShallowRef } from 'vue'
import type { ApiProblem} from '../api';
import { problemFrom } from '../api'
import { useLive } from './link'
import type { Job, ObjectDetail, ObjectRef } from './model'
import type { SubscriptionFrame, Target } from './protocol'
import { staleness, type Staleness } from './stale'

interface LiveThing<T> {
  value: Readonly<ShallowRef<T | null>>
  loading: ComputedRef<boolean>
  /** The object was deleted; the last that was known stays in `value`. */
  gone: Readonly<ShallowRef<boolean>>
  problem: Readonly<ShallowRef<ApiProblem | null>>
  stale: ComputedRef<Staleness | null>
  retry: () => void
}

function useLiveThing<T>(target: () => Target | null, pick: (frame: SubscriptionFrame) => T | undefined, stateOf: (value: T) => ObjectDetail['stale']): LiveThing<T> {
  const link = useLive()
  const value = shallowRef<T | null>(null)
  const gone = shallowRef(false)
  const problem = shallowRef<ApiProblem | null>(null)
  let end: (() => void) | null = null

  function receive(frame: SubscriptionFrame): void {
    const next = pick(frame)
    if (next !== undefined) {
      value.value = next
      gone.value = false
      problem.value = null
    } else if (frame.op === 'gone') {
      gone.value = true
    } else if (frame.op === 'error') {
      problem.value = problemFrom(frame.problem, frame.problem.status)
    }
  }

  function start(next: Target | null): void {
    end?.()
    end = null
    value.value = null
    gone.value = false
    problem.value = null
    if (next) end = link.socket.subscribe(next, { frame: receive, position: () => null })
  }

  const text = computed(() => JSON.stringify(target()))
  watch(text, (json) => start(JSON.parse(json) as Target | null), { immediate: true })
  onScopeDispose(() => end?.())

  return {
    value,
    gone,
    problem,
    loading: computed(() => value.value === null && problem.value === null && !gone.value),
    stale: computed(() => staleness(link.lostAt.value, (value.value && stateOf(value.value)) ?? null)),
    retry: () => start(target()),
  }
}

/** One object that changes by itself. */
export function useLiveObject(ref: MaybeRefOrGetter<ObjectRef | null>): LiveThing<ObjectDetail> {
  return useLiveThing<ObjectDetail>(
    () => {
      const object = toValue(ref)
      return object && { object }
    },
    (frame) => (frame.op === 'object' ? frame.detail : undefined),
    (detail) => detail.stale,
  )
}

/** One long job with its progress. */
export function useLiveJob(id: MaybeRefOrGetter<string | null>): LiveThing<Job> {
  return useLiveThing<Job>(
    () => {
      const job = toValue(id)
      return job === null ? null : { job }
    },
    (frame) => (frame.op === 'job' ? frame.job : undefined),
    () => undefined,
  )
}
