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

const LEAST = /^(minmax\()?([\d.]+)rem/
const AROUND_TITLE = 2.6 // rem: padding and the arrow of the order

/** How wide a title is, in rem: a Chinese character takes the width of two Latin ones. */
function titleWidth(title: string): number {
  return [...title].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e80 ? 0.82 : 0.47), AROUND_TITLE)
}

/** The CSS track of a column: wide enough for its title, too. */
export function trackOf(column: GridColumn): string {
  const track = column.width ?? (column.id === 'name' ? 'minmax(13rem, 2.2fr)' : TRACKS[column.type])
  return track.replace(LEAST, (_all, open: string | undefined, least: string) => `${open ?? ''}${Math.max(Number(least), titleWidth(column.title)).toFixed(2)}rem`)
}

/** What tracks need at least, in rem; narrower tables scroll. */
export function leastWidth(tracks: readonly string[]): number {
  return tracks.reduce((sum, track) => sum + Number(LEAST.exec(track)?.[2] ?? 0), 0)
}

/** Figures stand right, so that their units and digits line up. */
export function isRight(column: GridColumn): boolean {
  return RIGHT.has(column.type)
}
