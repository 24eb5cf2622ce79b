import { describe, expect, it } from 'vitest'
import type { Page, Row } from './model'
import { applyPatch } from './patch'
import type { PatchFrame } from './protocol'

const row = (uid: string, cell = 0): Row => ({ uid, name: uid, cells: [cell] })
const page = (rows: Row[]): Page => ({ cluster: 'local', resource: 'pods', epoch: 'e', seq: 5, total: rows.length, offset: 0, columns: [], rows, facets: { a: { b: 1 } }, state: { phase: 'live', since: 0 } })
const patch = (changes: Partial<PatchFrame>): PatchFrame => ({ op: 'patch', id: '1', epoch: 'e', prev: 5, seq: 6, total: 3, ...changes })

describe('applyPatch', () => {
  const [a, b, c] = [row('a'), row('b'), row('c')]

  it('changes, removes and adds rows, and keeps the others as they are', () => {
    const next = applyPatch(page([a, b, c]), patch({ set: [row('b', 9), row('d')], del: ['c'] }))
    expect(next?.rows.map((each) => each.uid)).toEqual(['a', 'b', 'd'])
    expect(next?.rows[0]).toBe(a)
    expect(next?.rows[1]?.cells).toEqual([9])
    expect(next).toMatchObject({ seq: 6, total: 3, facets: { a: { b: 1 } } })
  })

  it('puts rows into the order that came, and drops those it leaves out', () => {
    const next = applyPatch(page([a, b, c]), patch({ set: [row('d')], order: ['d', 'a', 'c'] }))
    expect(next?.rows.map((each) => each.uid)).toEqual(['d', 'a', 'c'])
    expect(next?.rows[1]).toBe(a)
  })

  it('keeps the very same rows when only the total changed', () => {
    const before = page([a, b])
    expect(applyPatch(before, patch({ total: 80 }))?.rows).toBe(before.rows)
  })

  it.each([
    ['a gap', { prev: 4 }],
    ['a repeated patch', { prev: 3, seq: 5 }],
    ['another epoch', { epoch: 'f' }],
    ['an order that names an unknown row', { order: ['a', 'zz'] }],
  ])('refuses %s', (_, changes) => {
    expect(applyPatch(page([a, b, c]), patch(changes))).toBeNull()
  })
})
