import { onScopeDispose, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { fetchApi, toProblem, type ApiProblem } from '@/core/api'
import { objectPath } from '@/core/console'
import type { ObjectRef } from '@/core/live'
import { LogBuffer, type LogLine } from '@/core/ui'
import { logParams, readItems, Resume, type LogItem, type LogQuestion } from './stream'

const FIRST_WAIT = 1000 // milliseconds
const LONGEST_WAIT = 15_000

/** Words for the notes between the lines. */
export type NoteText = (event: 'end' | 'gap' | 'error' | 'waiting' | 'start' | 'lost', source: string, message: string) => string

/** Reads the log of an object into a buffer, again from where it stood after every loss. A changed question begins anew. With one container per pod only the pod is named. */
export function useLogStream(target: MaybeRefOrGetter<ObjectRef>, question: MaybeRefOrGetter<LogQuestion>, noteText: NoteText, oneContainer: () => boolean) {
  const buffer = new LogBuffer()
  const state = ref<'opening' | 'reading' | 'waiting' | 'ended'>('opening')
  const problem = shallowRef<ApiProblem | null>(null)
  let stop = new AbortController()

  function note(kind: NonNullable<LogLine['note']>, text: string, item: LogItem = {}): void {
    buffer.append({ text, note: kind, pod: item.p, container: item.c })
  }

  function take(item: LogItem, resume: Resume, began: boolean): void {
    if (item.event === undefined) {
      if (resume.fresh(item)) buffer.append({ time: item.t, pod: item.p, container: oneContainer() ? undefined : item.c, text: item.m ?? '' })
      return
    }
    const source = [item.p, item.c].filter(Boolean).join('/')
    if (item.event === 'start' && !began) return // at the beginning everything starts
    note(item.event === 'waiting' ? 'gap' : item.event, noteText(item.event, source, item.message ?? ''), item)
  }

  async function readOnce(signal: AbortSignal, resume: Resume, first: boolean): Promise<void> {
    const asked = toValue(question)
    const since = resume.since()
    const params = logParams(!first && since ? { ...asked, sinceTime: since } : asked)
    const response = await fetchApi(`${objectPath(toValue(target))}/logs?${params.toString()}`, { signal })
    if (!response.body) return
    state.value = 'reading'
    const started = Date.now()
    await readItems(response.body, (item) => take(item, resume, !first || Date.now() - started > 2000))
  }

  async function run(signal: AbortSignal): Promise<void> {
    const resume = new Resume()
    for (let attempt = 0, first = true; !signal.aborted; attempt++, first = false) {
      try {
        await readOnce(signal, resume, first)
        if (!signal.aborted) state.value = 'ended' // the server ends the log only when there is no more
        return
      } catch (thrown) {
        if (signal.aborted) return
        const failure = toProblem(thrown)
        if (first || (failure.status >= 400 && failure.status < 500)) {
          problem.value = failure
          state.value = 'ended'
          return
        }
        if (attempt === 1) note('gap', noteText('lost', '', failure.unreachable ? '' : failure.detail))
        state.value = 'waiting'
        await pause(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt), signal)
        resume.reopened()
      }
    }
  }

  function restart(): void {
    stop.abort()
    stop = new AbortController()
    buffer.clear()
    problem.value = null
    state.value = 'opening'
    void run(stop.signal)
  }

  watch(() => JSON.stringify([toValue(target), toValue(question)]), restart, { immediate: true })
  onScopeDispose(() => stop.abort())
  return { buffer, state, problem, restart }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
