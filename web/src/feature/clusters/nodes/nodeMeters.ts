import type { Cell, Column, Row } from '@/core/live'

export interface Meter {
  id: 'cpu' | 'memory' | 'pods'
  unit: 'cpu' | 'bytes' | 'count'
  used: number | null
  requested: number | null
  limit: number
}

/** The meters of a node, out of its row in the table of nodes. */
export function nodeMeters(columns: readonly Column[], row: Row | undefined): Meter[] {
  const figure = (id: string): number | null => {
    const cell: Cell | undefined = row?.cells[columns.findIndex((column) => column.id === id)]
    return typeof cell === 'number' ? cell : null
  }
  const meters: Meter[] = [
    { id: 'cpu', unit: 'cpu', used: figure('cpu'), requested: figure('cpuRequested'), limit: figure('cpuAllocatable') ?? 0 },
    { id: 'memory', unit: 'bytes', used: figure('memory'), requested: figure('memoryRequested'), limit: figure('memoryAllocatable') ?? 0 },
    { id: 'pods', unit: 'count', used: figure('pods'), requested: null, limit: figure('podsAllocatable') ?? 0 },
  ]
  return meters.filter((meter) => meter.limit > 0)
}
