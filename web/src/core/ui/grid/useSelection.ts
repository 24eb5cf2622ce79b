import { computed, type Ref } from 'vue'

/** Selected rows by key. Rows of other pages stay selected until they are cleared. */
export function useSelection(selected: Ref<string[]>, keys: () => string[]) {
  const chosen = computed(() => new Set(selected.value))
  const all = computed(() => keys().length > 0 && keys().every((key) => chosen.value.has(key)))
  const some = computed(() => !all.value && keys().some((key) => chosen.value.has(key)))
  let last = -1

  function toggle(index: number, range = false): void {
    const key = keys()[index]
    if (key === undefined) return
    const next = new Set(chosen.value)
    const on = !next.has(key)
    const from = range && last >= 0 ? Math.min(last, index) : index
    const to = range && last >= 0 ? Math.max(last, index) : index
    for (const each of keys().slice(from, to + 1)) {
      if (on) next.add(each)
      else next.delete(each)
    }
    last = index
    selected.value = [...next]
  }

  function toggleAll(): void {
    const next = new Set(chosen.value)
    const add = !all.value
    for (const key of keys()) {
      if (add) next.add(key)
      else next.delete(key)
    }
    selected.value = [...next]
  }

  return { chosen, all, some, toggle, toggleAll }
}
