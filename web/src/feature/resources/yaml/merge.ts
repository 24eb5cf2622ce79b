import { isRecord, type Json } from '../fields'

/** A place that two people changed in different ways. `undefined`: not there. */
export interface MergeConflict {
  path: string
  base: unknown
  mine: unknown
  theirs: unknown
}

export interface MergeResult {
  /** What both made of it; at conflicts mine stands. */
  merged: unknown
  conflicts: MergeConflict[]
  /** Places that only they changed. */
  theirs: string[]
}

/** Members by which the entries of a list are the same entry, in the order of trying. */
const KEYS = ['name', 'containerPort', 'port', 'mountPath', 'key', 'type', 'ip', 'uid'] as const

export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((each, index) => same(each, b[index]))
  if (!isRecord(a) || !isRecord(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => same(a[key], b[key]))
}

/** The member that tells the entries of all these lists apart; null if there is none. */
function keyOf(...lists: unknown[][]): string | null {
  const entries = lists.flat()
  if (entries.length === 0 || !entries.every(isRecord)) return null
  const tells = (key: string): boolean => lists.every((list) => new Set(list.map((each) => (each as Json)[key])).size === list.length) && entries.every((each) => each[key] !== undefined)
  return KEYS.find(tells) ?? null
}

/** Where two values differ, down to the members of objects. */
function changedPaths(path: string, before: unknown, after: unknown): string[] {
  if (same(before, after)) return []
  if (!isRecord(before) || !isRecord(after)) return [path]
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap((key) => changedPaths(path ? `${path}.${key}` : key, before[key], after[key]))
}

class Merger {
  readonly conflicts: MergeConflict[] = []
  readonly theirs: string[] = []

  merge(path: string, base: unknown, mine: unknown, theirs: unknown): unknown {
    if (same(mine, theirs) || same(base, theirs)) return mine
    if (same(base, mine)) {
      this.theirs.push(...changedPaths(path, base, theirs))
      return theirs
    }
    if (isRecord(mine) && isRecord(theirs)) return this.records(path, isRecord(base) ? base : {}, mine, theirs)
    if (Array.isArray(mine) && Array.isArray(theirs)) {
      const old = Array.isArray(base) ? (base as unknown[]) : []
      const key = keyOf(old, mine, theirs)
      if (key) return this.lists(path, key, old as Json[], mine as Json[], theirs as Json[])
    }
    this.conflicts.push({ path, base, mine, theirs })
    return mine
  }

  private records(path: string, base: Json, mine: Json, theirs: Json): Json {
    const merged: Json = {}
    for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
      const value = this.merge(path ? `${path}.${key}` : key, base[key], mine[key], theirs[key])
      if (value !== undefined) merged[key] = value
    }
    return merged
  }

  private lists(path: string, key: string, base: Json[], mine: Json[], theirs: Json[]): Json[] {
    const find = (list: Json[], id: unknown): Json | undefined => list.find((each) => each[key] === id)
    const ids = new Set([...mine, ...theirs].map((each) => each[key]))
    const merged: Json[] = []
    for (const id of ids) {
      const value = this.merge(`${path}[${String(id)}]`, find(base, id), find(mine, id), find(theirs, id))
      if (isRecord(value)) merged.push(value)
    }
    return merged
  }
}

/** Brings two edits of the same thing together, member by member. */
export function merge3(base: unknown, mine: unknown, theirs: unknown): MergeResult {
  const merger = new Merger()
  const merged = merger.merge('', base, mine, theirs)
  return { merged, conflicts: merger.conflicts, theirs: merger.theirs }
}

/** Puts a value at the place of a conflict. */
export function resolve(root: unknown, path: string, value: unknown): unknown {
  const steps = path.match(/[^.[\]]+(?=\])|[^.[\]]+/g) ?? []
  const bracketed = new Set([...path.matchAll(/\[([^\]]+)\]/g)].map((match) => match[1]))
  return put(root, steps, bracketed, value)
}

function put(node: unknown, steps: readonly string[], bracketed: ReadonlySet<string | undefined>, value: unknown): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (Array.isArray(node) && bracketed.has(step)) {
    const list = node as Json[]
    const index = list.findIndex((each) => KEYS.some((key) => String(each[key]) === step))
    const next = put(index < 0 ? undefined : list[index], rest, bracketed, value)
    if (index < 0) return next === undefined ? list : [...list, next]
    return next === undefined ? list.filter((_, i) => i !== index) : list.map((each, i) => (i === index ? next : each))
  }
  const record = isRecord(node) ? node : {}
  const next = put(record[step], rest, bracketed, value)
  return next === undefined ? Object.fromEntries(Object.entries(record).filter(([key]) => key !== step)) : { ...record, [step]: next }
}

/** Members that controllers write and nobody edits; changes there are taken over without asking. */
const UNEDITED = /^(status|metadata\.(resourceVersion|generation|managedFields|uid|creationTimestamp|selfLink))(\.|\[|$)/

/** The changes of others that matter to somebody who edits. */
export function edited(paths: readonly string[]): string[] {
  return paths.filter((path) => !UNEDITED.test(path))
}
