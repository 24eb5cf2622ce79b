import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defineComponent } from 'vue'
import { mountPage } from '@/testing/mountPage'
import { useListState } from './listState'
import { useScope } from './scope'

async function state(path: string) {
  let list!: ReturnType<typeof useListState>
  let scope!: ReturnType<typeof useScope>
  const Page = defineComponent({ setup: () => ((list = useListState({ sort: 'age', desc: true })), (scope = useScope()), () => null) })
  const routes = [{ path: '/c/:cluster/pods', name: 'pods', component: Page }, { path: '/users', name: 'users', component: Page }]
  const { router } = await mountPage(Page, { path, routes })
  return { list, scope, router }
}

it('reads everything from the address', async () => {
  const { list, scope } = await state('/c/east/pods?ns=a&ns=b&q=tel&sort=cpu&offset=200&limit=50&filter=status%3DRunning&cols=name,cpu')
  expect(scope.cluster.value).toBe('east')
  expect(scope.namespaces.value).toEqual(['a', 'b'])
  expect([list.q.value, list.sort.value, list.desc.value, list.offset.value, list.limit.value]).toEqual(['tel', 'cpu', false, 200, 50])
  expect(list.filters.value).toEqual(['status=Running'])
  expect(list.columns.value).toEqual(['name', 'cpu'])
})

it('has usual values, also for nonsense', async () => {
  const { list } = await state('/c/east/pods?offset=-3&limit=x')
  expect([list.sort.value, list.desc.value, list.offset.value, list.limit.value]).toEqual(['age', true, 0, 100])
})

it('goes back to the first page when the question changes, and leaves the scope', async () => {
  const { list, router } = await state('/c/east/pods?ns=a&offset=200')
  list.q.value = 'tel'
  await flushPromises()
  expect(router.currentRoute.value.fullPath).toBe('/c/east/pods?ns=a&q=tel')
  list.offset.value = 100
  await flushPromises()
  list.setSort('cpu', true)
  await flushPromises()
  expect(router.currentRoute.value.query).toEqual({ ns: 'a', q: 'tel', sort: 'cpu', desc: 'true' })
})

it('leads to other pages in the same scope where they take one', async () => {
  const { scope } = await state('/c/east/pods?ns=a')
  expect(scope.within('pods')).toEqual({ name: 'pods', params: { cluster: 'east' }, query: { ns: ['a'] } })
  expect(scope.within('users')).toEqual({ name: 'users', params: {}, query: {} })
})
