import type { KindInfo } from '../types'

export interface KindGroup {
  /** The API group; "" is the core one. */
  name: string
  custom: boolean
  kinds: KindInfo[]
}

function matches(kind: KindInfo, wanted: string): boolean {
  const words = [kind.kind, kind.resource, kind.group, ...(kind.shortNames ?? []), ...(kind.categories ?? [])]
  return words.some((word) => word.toLowerCase().includes(wanted))
}

/** The listable kinds that match a text, by API group: the core group first, built-in ones next, then custom ones. */
export function groupKinds(kinds: readonly KindInfo[], text: string): KindGroup[] {
  const wanted = text.trim().toLowerCase()
  const groups = new Map<string, KindGroup>()
  for (const kind of kinds) {
    if (!(kind.verbs ?? []).includes('list') || !matches(kind, wanted)) continue
    const group = groups.get(kind.group) ?? { name: kind.group, custom: true, kinds: [] }
    group.custom &&= kind.custom
    group.kinds.push(kind)
    groups.set(kind.group, group)
  }
  for (const group of groups.values()) group.kinds.sort((a, b) => a.kind.localeCompare(b.kind))
  return [...groups.values()].sort((a, b) => Number(a.custom) - Number(b.custom) || a.name.localeCompare(b.name))
}
