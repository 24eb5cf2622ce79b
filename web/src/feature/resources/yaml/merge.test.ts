import { describe, expect, it } from 'vitest'
import { edited, merge3, resolve } from './merge'

const base = { spec: { replicas: 1, paused: false, containers: [{ name: 'app', image: 'a:1', env: [{ name: 'X', value: '1' }] }, { name: 'side', image: 's:1' }] } }

describe('merge3', () => {
  it('keeps both edits where they touch different members', () => {
    const mine = { spec: { ...base.spec, replicas: 3 } }
    const theirs = { spec: { ...base.spec, containers: [{ ...base.spec.containers[0], image: 'a:2' }, base.spec.containers[1]] } }
    const { merged, conflicts, theirs: changed } = merge3(base, mine, theirs)
    expect(conflicts).toEqual([])
    expect(changed).toEqual(['spec.containers'])
    expect(merged).toEqual({ spec: { ...theirs.spec, replicas: 3 } })
  })

  it('merges entries of lists by their name', () => {
    const mine = { spec: { ...base.spec, containers: [{ ...base.spec.containers[0], image: 'a:2' }, base.spec.containers[1]] } }
    const theirs = { spec: { ...base.spec, containers: [base.spec.containers[0], { ...base.spec.containers[1], image: 's:2' }, { name: 'new', image: 'n:1' }] } }
    const { merged, conflicts } = merge3(base, mine, theirs)
    expect(conflicts).toEqual([])
    expect((merged as typeof base).spec.containers.map((each) => each.image)).toEqual(['a:2', 's:2', 'n:1'])
  })

  it('takes over what only they deleted, and what only I deleted', () => {
    const theirs = { spec: { replicas: 1, containers: [base.spec.containers[0]] } }
    const mine = { spec: { ...base.spec, replicas: 2 } }
    expect(merge3(base, mine, theirs).merged).toEqual({ spec: { replicas: 2, containers: [base.spec.containers[0]] } })
    expect(merge3(base, theirs, mine).merged).toEqual({ spec: { replicas: 2, containers: [base.spec.containers[0]] } })
  })

  it('names each place that both changed, and keeps mine there', () => {
    const { merged, conflicts } = merge3(base, { spec: { ...base.spec, replicas: 2 } }, { spec: { ...base.spec, replicas: 5 } })
    expect(conflicts).toEqual([{ path: 'spec.replicas', base: 1, mine: 2, theirs: 5 }])
    expect((merged as typeof base).spec.replicas).toBe(2)
  })

  it('sees a conflict between a change and a deletion', () => {
    const changed = { spec: { ...base.spec, containers: [{ ...base.spec.containers[0], image: 'a:9' }, base.spec.containers[1]] } }
    const deleted = { spec: { ...base.spec, containers: [base.spec.containers[1]] } }
    expect(merge3(base, changed, deleted).conflicts.map((each) => each.path)).toEqual(['spec.containers[app]'])
  })

  it('treats lists of plain values as one', () => {
    expect(merge3({ a: [1] }, { a: [1, 2] }, { a: [1, 3] }).conflicts).toHaveLength(1)
    expect(merge3({ a: [1] }, { a: [1, 2] }, { a: [1] }).merged).toEqual({ a: [1, 2] })
  })

  it('finds no conflict in equal edits', () => {
    expect(merge3(base, { spec: 1 }, { spec: 1 })).toEqual({ merged: { spec: 1 }, conflicts: [], theirs: [] })
  })
})

describe('resolve', () => {
  it.each([
    ['spec.replicas', 5, { spec: { replicas: 5, list: [{ name: 'a', v: 1 }] } }],
    ['spec.list[a].v', 2, { spec: { replicas: 1, list: [{ name: 'a', v: 2 }] } }],
    ['spec.list[a]', undefined, { spec: { replicas: 1, list: [] } }],
    ['spec.replicas', undefined, { spec: { list: [{ name: 'a', v: 1 }] } }],
    ['spec.list[b]', { name: 'b' }, { spec: { replicas: 1, list: [{ name: 'a', v: 1 }, { name: 'b' }] } }],
  ])('puts a value at %s', (path, value, result) => {
    expect(resolve({ spec: { replicas: 1, list: [{ name: 'a', v: 1 }] } }, path, value)).toEqual(result)
  })
})

it('edited leaves out what controllers write', () => {
  expect(edited(['status', 'status.replicas', 'metadata.resourceVersion', 'metadata.labels', 'spec.replicas'])).toEqual(['metadata.labels', 'spec.replicas'])
})
