import { computed, shallowRef, watch, type Ref } from 'vue'
import type { Row } from '@/core/live'

/** Knows the selected rows also after the list went on to another page. */
export function useRowMemory(rows: Readonly<Ref<readonly Row[]>>, selected: Readonly<Ref<readonly string[]>>) {
  const known = shallowRef(new Map<string, Row>())

  watch(
    [rows, selected],
    () => {
      if (selected.value.length === 0 && known.value.size === 0) return
      const here = new Map(rows.value.map((row) => [row.uid, row]))
      const next = new Map<string, Row>()
      for (const uid of selected.value) {
        const row = here.get(uid) ?? known.value.get(uid)
        if (row) next.set(uid, row)
      }
      known.value = next
    },
    { flush: 'sync' },
  )

  return { chosen: computed(() => [...known.value.values()]) }
}
