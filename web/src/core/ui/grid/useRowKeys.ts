import { nextTick, ref, watch, type Ref } from 'vue'

interface Rows {
  count: () => number
  /** Rows that fit on the screen, for Page Up and Page Down. */
  visible: () => number
  /** Brings a row into view. */
  reveal: (index: number) => void
  element: (index: number) => HTMLElement | null | undefined
  open: (index: number) => void
  toggle: ((index: number) => void) | null
}

/** Walks a table by keys: arrows, Home, End, Page Up and Down move; Enter opens; Space selects. */
export function useRowKeys(rows: Rows): { active: Ref<number>; onKey: (event: KeyboardEvent) => void } {
  const active = ref(0)
  watch(rows.count, (count) => {
    active.value = Math.max(0, Math.min(active.value, count - 1))
  })

  async function go(index: number): Promise<void> {
    active.value = Math.max(0, Math.min(index, rows.count() - 1))
    rows.reveal(active.value)
    await nextTick()
    rows.element(active.value)?.focus({ preventScroll: true })
  }

  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target instanceof HTMLElement && event.target.getAttribute('role') !== 'row') return
    const moves: Record<string, () => unknown> = {
      ArrowDown: () => go(active.value + 1),
      ArrowUp: () => go(active.value - 1),
      PageDown: () => go(active.value + rows.visible()),
      PageUp: () => go(active.value - rows.visible()),
      Home: () => go(0),
      End: () => go(rows.count() - 1),
      Enter: () => rows.open(active.value),
      ...(rows.toggle ? { ' ': () => rows.toggle?.(active.value) } : {}),
    }
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    move()
  }

  return { active, onKey }
}
