import { expect, it } from 'vitest'
import { effectScope, ref, shallowRef } from 'vue'
import type { Row } from '@/core/live'
import { useRowMemory } from './useRowMemory'

const row = (uid: string): Row => ({ uid, name: uid, cells: [] })

it('keeps selected rows of other pages, and forgets what is no longer selected', () => {
  const rows = shallowRef([row('a'), row('b')])
  const selected = ref<string[]>([])
  const scope = effectScope()
  const memory = scope.run(() => useRowMemory(rows, selected))!
  selected.value = ['a']
  rows.value = [row('c')]
  selected.value = ['a', 'c']
  expect(memory.chosen.value.map((each) => each.uid)).toEqual(['a', 'c'])
  selected.value = ['c']
  expect(memory.chosen.value.map((each) => each.uid)).toEqual(['c'])
  scope.stop()
})
