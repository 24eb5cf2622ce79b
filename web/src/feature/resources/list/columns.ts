import { useText } from '@/core/i18n'
import type { Cell, Column, ColumnType, Row } from '@/core/live'
import type { GridColumn } from '@/core/ui'

/** What the server's and the specification's columns have in common. */
type AnyColumn = Omit<Column, 'type'> & { type: string }

/** Columns whose usual width does not fit what stands in them. */
const WIDTHS: Record<string, string> = {
  name: 'minmax(12rem, 2.2fr)',
  namespace: 'minmax(7.5rem, 0.9fr)',
  status: 'minmax(9.5rem, 1.3fr)',
  node: 'minmax(6.5rem, 1fr)',
  restarts: '5.75rem',
  ready: '4.75rem',
  cpu: '5rem',
  images: 'minmax(10rem, 1.4fr)',
  message: 'minmax(18rem, 5fr)',
  object: 'minmax(12rem, 2fr)',
  reason: 'minmax(9rem, 1.2fr)',
  selector: 'minmax(10rem, 1.6fr)',
  labels: 'minmax(12rem, 2fr)',
  hosts: 'minmax(11rem, 2fr)',
  used: 'minmax(14rem, 2.4fr)',
}

const FIRST = ['name', 'namespace', 'status']
const LAST = ['age']

function place(id: string, first: readonly string[]): number {
  if (first.includes(id)) return first.indexOf(id)
  return LAST.includes(id) ? 100 : 10
}

/** Columns as every list shows them: name, namespace, status, what is the kind's own, age. */
export function inOrder<C extends { id: string }>(columns: readonly C[], first: readonly string[] = FIRST): C[] {
  return [...columns].sort((a, b) => place(a.id, first) - place(b.id, first))
}

/** Makes a list's columns of the server's: in the usual order, with titles in the user's language. */
export function useColumns() {
  const { t, te } = useText()
  const title = (column: { id: string; title: string }): string => (te(`resources.column.${column.id}`) ? t(`resources.column.${column.id}`) : column.title)

  function toGrid(columns: readonly AnyColumn[], first?: readonly string[]): GridColumn[] {
    return inOrder(columns, first).map((column) => ({
      id: column.id,
      type: column.type as ColumnType,
      sortable: column.sortable,
      wide: column.wide,
      title: title(column),
      width: WIDTHS[column.id],
    }))
  }

  return { title, toGrid }
}

/** Reads cells by column. */
export function cellReader(columns: readonly Column[]): (row: Row, column: string) => Cell | undefined {
  const places = new Map(columns.map((column, index) => [column.id, index]))
  return (row, column) => {
    const index = places.get(column)
    return index === undefined ? undefined : row.cells[index]
  }
}
