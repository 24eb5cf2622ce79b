import { describe, expect, it } from 'vitest'
import { ref } from 'vue'
import { useSelection } from './useSelection'

describe('useSelection', () => {
  const keys = ['a', 'b', 'c', 'd']
  const make = (chosen: string[] = []) => {
    const selected = ref(chosen)
    return { selected, ...useSelection(selected, () => keys) }
  }

  it('toggles one, and a range with shift', () => {
    const { selected, toggle } = make()
    toggle(3)
    toggle(1, true)
    expect([...selected.value].sort()).toEqual(['b', 'c', 'd'])
    toggle(2)
    expect([...selected.value].sort()).toEqual(['b', 'd'])
  })

  it('selects and clears the page without touching other pages', () => {
    const { selected, all, some, toggleAll } = make(['elsewhere', 'a'])
    expect([all.value, some.value]).toEqual([false, true])
    toggleAll()
    expect(all.value).toBe(true)
    toggleAll()
    expect(selected.value).toEqual(['elsewhere'])
  })

  it('passes over rows that are not there', () => {
    const { selected, toggle } = make()
    toggle(99)
    expect(selected.value).toEqual([])
  })
})
