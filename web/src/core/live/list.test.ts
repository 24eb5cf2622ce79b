import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { defineComponent, nextTick, ref } from 'vue'
import { FakeSurroundings } from '@/testing/fakeSocket'
import { liveKey } from './link'
import { useLiveList, type LiveList } from './list'
import type { Page, Query } from './model'
import { LiveSocket } from './socket'

const page = (changes: Partial<Page> = {}): Page => ({
  cluster: 'local', resource: 'pods', epoch: 'e', seq: 1, total: 1, offset: 0, columns: [], facets: {}, state: { phase: 'live', since: 0 },
  rows: [{ uid: 'a', name: 'a', cells: [1] }],
  ...changes,
})

describe('useLiveList', () => {
  let around: FakeSurroundings
  let list: LiveList
  const lostAt = ref<number | null>(null)
  const query = ref<Query | null>(null)

  beforeEach(() => {
    around = new FakeSurroundings()
    lostAt.value = null
    query.value = { cluster: 'local', resource: 'pods' }
    const socket = new LiveSocket(around, () => undefined, () => undefined)
    const Page = defineComponent({ setup: () => ((list = useLiveList(query)), () => null) })
    mount(Page, { global: { provide: { [liveKey as symbol]: { socket, state: ref('open'), lostAt } } } })
    around.last.onopen?.()
  })

  const subs = () => around.last.sent.filter((frame) => frame.op === 'sub')

  it('shows a skeleton until the first page, then rows', () => {
    expect(list.loading.value).toBe(true)
    around.last.say({ op: 'page', id: '1', page: page() })
    expect(list.loading.value).toBe(false)
    expect(list.rows.value.map((row) => row.name)).toEqual(['a'])
    expect(list.total.value).toBe(1)
  })

  it('goes on loading while the cluster is still being read, but shows what is there', () => {
    around.last.say({ op: 'page', id: '1', page: page({ rows: [], total: 0, state: { phase: 'loading', since: 0 } }) })
    expect(list.loading.value).toBe(true)
    around.last.say({ op: 'page', id: '1', page: page({ state: { phase: 'loading', since: 0 } }) })
    expect(list.loading.value).toBe(false)
  })

  it('applies patches in their order', () => {
    around.last.say({ op: 'page', id: '1', page: page() })
    around.last.say({ op: 'patch', id: '1', epoch: 'e', prev: 1, seq: 2, total: 2, set: [{ uid: 'b', name: 'b', cells: [2] }] })
    around.last.say({ op: 'patch', id: '1', epoch: 'e', prev: 2, seq: 3, total: 1, del: ['a'] })
    expect(list.rows.value.map((row) => row.name)).toEqual(['b'])
  })

  it('asks for everything after a gap, and does not apply later patches meanwhile', () => {
    around.last.say({ op: 'page', id: '1', page: page() })
    around.last.say({ op: 'patch', id: '1', epoch: 'e', prev: 7, seq: 8, total: 9, del: ['a'] })
    expect(subs()).toHaveLength(2)
    expect(subs()[1]).not.toHaveProperty('seq')
    around.last.say({ op: 'patch', id: '1', epoch: 'e', prev: 1, seq: 2, total: 0, del: ['a'] })
    expect(list.rows.value).toHaveLength(1)
    around.last.say({ op: 'page', id: '1', page: page({ seq: 8, rows: [], total: 0 }) })
    expect(list.rows.value).toEqual([])
  })

  it('resumes from its sequence number after a loss', () => {
    around.last.say({ op: 'page', id: '1', page: page({ seq: 41 }) })
    around.last.onclose?.()
    around.elapse()
    around.last.onopen?.()
    expect(subs()).toEqual([expect.objectContaining({ epoch: 'e', seq: 41 })])
    around.last.say({ op: 'patch', id: '1', epoch: 'e', prev: 41, seq: 42, total: 0, del: ['a'] })
    expect(list.rows.value).toEqual([])
  })

  it('keeps the old rows while another page of the same kind is asked for', async () => {
    around.last.say({ op: 'page', id: '1', page: page() })
    query.value = { cluster: 'local', resource: 'pods', offset: 100 }
    await nextTick()
    expect(list.pending.value).toBe(true)
    expect(list.loading.value).toBe(false)
    expect(list.rows.value).toHaveLength(1)
    around.last.say({ op: 'patch', id: '1', epoch: 'e', prev: 1, seq: 2, total: 0, del: ['a'] })
    expect(list.rows.value).toHaveLength(1)
    around.last.say({ op: 'page', id: '2', page: page({ offset: 100, rows: [] }) })
    expect(list.pending.value).toBe(false)
    expect(list.rows.value).toEqual([])
  })

  it('drops the old rows when another kind is asked for', async () => {
    around.last.say({ op: 'page', id: '1', page: page() })
    query.value = { cluster: 'local', resource: 'services' }
    await nextTick()
    expect(list.loading.value).toBe(true)
    expect(list.rows.value).toEqual([])
  })

  it('does not ask again for an equal query', async () => {
    query.value = { cluster: 'local', resource: 'pods' }
    await nextTick()
    expect(subs()).toHaveLength(1)
  })

  it('shows a refusal and asks again on retry', () => {
    around.last.say({ op: 'error', id: '1', problem: { title: 'Forbidden', status: 403, detail: 'li.na may not list pods' } })
    expect(list.problem.value?.forbidden).toBe(true)
    expect(list.loading.value).toBe(false)
    list.retry()
    expect(list.problem.value).toBeNull()
    expect(subs()).toHaveLength(2)
  })

  it('says when it is stale: by the cluster, or by the own connection', () => {
    around.last.say({ op: 'page', id: '1', page: page() })
    expect(list.stale.value).toBeNull()
    lostAt.value = 5000
    expect(list.stale.value).toEqual({ by: 'connection', since: 5000 })
    around.last.say({ op: 'state', id: '1', state: { phase: 'stale', since: 3, cause: 'refused' } })
    expect(list.stale.value).toEqual({ by: 'cluster', since: 3000, cause: 'refused' })
  })
})
