import { describe, expect, it } from 'vitest'
import type { Column } from '@/core/live'
import { cellReader, inOrder } from './columns'

const column = (id: string): Column => ({ id, type: 'text', title: id, sortable: true, filterable: true, facet: false, wide: false })

describe('inOrder', () => {
  it('puts name, namespace and status first, age last, and keeps the rest as it came', () => {
    expect(inOrder(['age', 'namespace', 'ready', 'name', 'restarts', 'status'].map(column)).map((each) => each.id)).toEqual([
      'name', 'namespace', 'status', 'ready', 'restarts', 'age',
    ])
  })
})

describe('cellReader', () => {
  it('finds a cell by its column, and nothing for a column that is not there', () => {
    const read = cellReader([column('name'), column('node')])
    const row = { uid: 'u', name: 'a', cells: ['a', 'n1'] }
    expect(read(row, 'node')).toBe('n1')
    expect(read(row, 'ip')).toBeUndefined()
  })
})
