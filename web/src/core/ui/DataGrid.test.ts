import { describe, expect, it, vi } from 'vitest'
import { mountPage } from '@/testing/mountPage'
import type { Cell } from '../live'
import DataGrid from './DataGrid.vue'
import type { GridColumn } from './grid/columns'

interface Item {
  id: string
  cells: Record<string, Cell>
}

const columns: GridColumn[] = [
  { id: 'name', title: 'Name', type: 'text', sortable: true },
  { id: 'status', title: 'Status', type: 'status', sortable: true },
  { id: 'memory', title: 'Memory', type: 'bytes', sortable: false },
]
const items = (count: number): Item[] => Array.from({ length: count }, (_, n) => ({ id: `u${n}`, cells: { name: `pod-${n}`, status: ['error', 'CrashLoopBackOff'] as unknown as Cell, memory: 1048576 } }))

function grid(props: Record<string, unknown> = {}, slots: Record<string, string> = {}) {
  return mountPage(DataGrid, {
    props: { label: 'Pods', columns, rows: items(3), rowKey: (row: Item) => row.id, cell: (row: Item, column: string) => row.cells[column], total: 3, ...props },
    slots,
  })
}

describe('DataGrid', () => {
  it('draws cells by their type', async () => {
    const { page } = await grid()
    expect(page.findAll('[role=row][data-index]')).toHaveLength(3)
    expect(page.text()).toContain('CrashLoopBackOff')
    expect(page.text()).toContain('1 MiB')
    expect(page.find('[role=grid]').attributes('aria-label')).toBe('Pods')
  })

  it('draws only the rows in view of many', async () => {
    const { page } = await grid({ rows: items(5000), total: 5000 })
    const drawn = page.findAll('[role=row][data-index]').length
    expect(drawn).toBeGreaterThan(5)
    expect(drawn).toBeLessThan(100)
  })

  it('asks for another order: first up, then down', async () => {
    const { page } = await grid({ sort: 'name', desc: false })
    const [name, status] = page.findAll('[role=columnheader] button')
    await status!.trigger('click')
    await name!.trigger('click')
    expect(page.emitted('sort')).toEqual([['status', false], ['name', true]])
    expect(page.find('[aria-sort=ascending]').text()).toBe('Name')
    expect(page.findAll('[role=columnheader] button')).toHaveLength(2)
  })

  it('shows a skeleton while loading and the empty slot when there is nothing', async () => {
    const waiting = await grid({ loading: true, rows: [] })
    expect(waiting.page.findAll('.km-skeleton').length).toBeGreaterThan(3)
    expect(waiting.page.find('[role=grid]').attributes('aria-busy')).toBe('true')
    const empty = await grid({ rows: [], total: 0 }, { empty: '<p>No pod matches</p>' })
    expect(empty.page.text()).toContain('No pod matches')
  })

  it('walks the rows by keys, and opens and selects them', async () => {
    const open = vi.fn()
    const { page } = await grid({ selectable: true, onOpen: open })
    const row = (index: number) => page.find<HTMLElement>(`[data-index="${index}"]`)
    row(0).element.focus()
    await row(0).trigger('keydown', { key: 'ArrowDown' })
    expect(document.activeElement).toBe(row(1).element)
    await row(1).trigger('keydown', { key: 'End' })
    expect(document.activeElement).toBe(row(2).element)
    await row(2).trigger('keydown', { key: ' ' })
    expect(page.emitted('update:selected')?.at(-1)).toEqual([['u2']])
    await row(2).trigger('keydown', { key: 'Enter' })
    expect(open).toHaveBeenCalledWith(expect.objectContaining({ id: 'u2' }))
    await row(2).trigger('keydown', { key: 'ArrowDown' })
    expect(document.activeElement).toBe(row(2).element)
  })

  it('keeps the element of a row whose cells change', async () => {
    const { page } = await grid()
    const before = page.find('[data-index="1"]').element
    const changed = items(3)
    changed[1] = { id: 'u1', cells: { name: 'pod-1', status: ['ok', 'Running'] as unknown as Cell, memory: 5 } }
    await page.setProps({ rows: changed })
    expect(page.find('[data-index="1"]').element).toBe(before)
    expect(page.find('[data-index="1"]').text()).toContain('Running')
  })

  it('says which part of all is shown, and turns pages', async () => {
    const { page } = await grid({ total: 1234, offset: 100, limit: 3 })
    expect(page.find('.pager').text()).toContain('101–103 of 1,234')
    const [previous, next] = page.findAll('.pager .icon-button')
    await next!.trigger('click')
    await previous!.trigger('click')
    expect(page.emitted('update:offset')).toEqual([[103], [100]])
  })

  it('offers what can be done with the selected rows', async () => {
    const { page } = await grid({ selectable: true, selected: ['u0', 'gone'] }, { selection: '<b class="bulk">bulk</b>' })
    expect(page.text()).toContain('2 selected')
    expect(page.find('.bulk').exists()).toBe(true)
  })
})
