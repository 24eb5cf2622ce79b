import type { Column, ColumnType } from '../../live'

/** One column of a DataGrid. The server's columns fit as they are. */
export type GridColumn = Pick<Column, 'id' | 'title' | 'type' | 'sortable'> & {
  wide?: boolean
  /** CSS track, for instance "8rem" or "minmax(10rem, 2fr)"; follows from the type when missing. */
  width?: string
}

const TRACKS: Record<ColumnType, string> = {
  text: 'minmax(8rem, 1fr)',
  number: '6rem',
  time: '6rem',
  cpu: '6rem',
  bytes: '6.5rem',
  status: 'minmax(11.5rem, 1.2fr)',
  list: 'minmax(9rem, 1.4fr)',
  labels: 'minmax(12rem, 2fr)',
  fraction: '5.5rem',
}

const RIGHT = new Set<ColumnType>(['number', 'cpu', 'bytes'])

export function trackOf(column: GridColumn): string {
  if (column.width) return column.width
  if (column.id === 'name') return 'minmax(13rem, 2.2fr)'
  return TRACKS[column.type]
}

/** Figures stand right, so that their units and digits line up. */
export function isRight(column: GridColumn): boolean {
  return RIGHT.has(column.type)
}
