import { computed, ref, shallowRef } from 'vue'
import { parse, stringify } from 'yaml'
import { toProblem, type ApiProblem } from '@/core/api'
import type { ObjectRef } from '@/core/live'
import { useEdit } from '../changes'
import { fetchYaml, type ObjectText } from '../queries'
import type { EditResult } from '../types'
import { edited, merge3, type MergeResult } from './merge'

export interface Collision {
  base: ObjectText
  mine: string
  theirs: ObjectText
  merge: MergeResult
}

export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 })
}

/**
 * Editing an object as text: loading, checking by the server, saving. Somebody else's edit in
 * between is never overwritten: what does not touch mine is taken over, the rest is asked about.
 */
export function useYamlEdit(target: () => ObjectRef) {
  const change = useEdit()
  const base = shallowRef<ObjectText | null>(null)
  const text = ref('')
  const stage = ref<'edit' | 'review' | 'collision'>('edit')
  const review = shallowRef<EditResult | null>(null)
  const collision = shallowRef<Collision | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  const busy = ref(false)
  const dirty = computed(() => base.value !== null && text.value !== base.value.text)

  async function load(): Promise<void> {
    problem.value = null
    try {
      start(await fetchYaml(target()))
    } catch (thrown) {
      problem.value = toProblem(thrown)
    }
  }

  function start(from: ObjectText, mine = from.text): void {
    base.value = from
    text.value = mine
    stage.value = 'edit'
    review.value = null
    collision.value = null
    problem.value = null
  }

  /** Sends the text; null when the answer was no success. */
  async function send(dryRun: boolean): Promise<EditResult | null> {
    const from = base.value
    if (!from) return null
    try {
      return await change.mutateAsync({ ref: target(), yaml: text.value, resourceVersion: from.resourceVersion, dryRun })
    } catch (thrown) {
      const failure = toProblem(thrown)
      const current = failure.extra['current']
      const version = failure.extra['resourceVersion']
      if (!failure.conflict || typeof current !== 'string' || typeof version !== 'string') throw failure
      return collide(from, { text: current, resourceVersion: version }) ? send(dryRun) : null
    }
  }

  /** Brings both edits together. true: nothing to ask, send again. */
  function collide(from: ObjectText, theirs: ObjectText): boolean {
    const merge = merge3(parse(from.text), parse(text.value), parse(theirs.text))
    if (merge.conflicts.length === 0 && edited(merge.theirs).length === 0) {
      base.value = theirs
      text.value = toYaml(merge.merged)
      return true
    }
    collision.value = { base: from, mine: text.value, theirs, merge }
    stage.value = 'collision'
    return false
  }

  async function guarded(work: () => Promise<void>): Promise<void> {
    busy.value = true
    problem.value = null
    try {
      await work()
    } catch (thrown) {
      problem.value = toProblem(thrown)
      stage.value = 'edit'
    } finally {
      busy.value = false
    }
  }

  /** Lets the server check the text, and shows what would change. */
  function check(): Promise<void> {
    return guarded(async () => {
      const result = await send(true)
      if (!result) return
      review.value = result
      stage.value = 'review'
    })
  }

  /** Writes the text. Gives the result, or null when something is in the way. */
  async function save(): Promise<EditResult | null> {
    let saved: EditResult | null = null
    await guarded(async () => {
      saved = await send(false)
      if (saved) await load()
    })
    return saved
  }

  /** Goes on with what was made of both edits. */
  function takeMerged(merged: unknown): void {
    if (collision.value) start(collision.value.theirs, toYaml(merged))
  }

  return { base, text, stage, review, collision, problem, busy, dirty, load, check, save, takeMerged, reset: () => base.value && start(base.value), back: () => (stage.value = 'edit') }
}

export type YamlEdit = ReturnType<typeof useYamlEdit>
