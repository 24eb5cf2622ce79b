import type { Cell, Column, Row } from '@/core/live'
import type { ContainerInfo } from './containers'

export interface PodUse {
  id: 'cpu' | 'memory'
  unit: 'cpu' | 'bytes'
  /** Millicores or bytes; null = not measured. */
  used: number | null
  requested: number | null
  /** Null when a container has none, so that the pod has none. */
  limit: number | null
}

const sum = (amounts: readonly (number | null)[]): number => amounts.reduce<number>((all, amount) => all + (amount ?? 0), 0)

/** What a pod uses, asks for and may use at most: of the containers that run as long as it does. */
export function podUse(containers: readonly ContainerInfo[], columns: readonly Column[], row: Row | undefined): PodUse[] {
  const lasting = containers.filter((each) => each.role === 'main' || each.role === 'sidecar')
  return (['cpu', 'memory'] as const).map((id) => {
    const cell: Cell | undefined = row?.cells[columns.findIndex((column) => column.id === id)]
    const requests = lasting.map((each) => each.requests[id])
    const limits = lasting.map((each) => each.limits[id])
    return {
      id,
      unit: id === 'cpu' ? 'cpu' : 'bytes',
      used: typeof cell === 'number' ? cell : null,
      requested: requests.every((amount) => amount === null) ? null : sum(requests),
      limit: limits.length === 0 || limits.includes(null) ? null : sum(limits),
    }
  })
}
