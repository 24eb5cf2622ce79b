import { computed, type ComputedRef } from 'vue'
import { useText } from '@/core/i18n'
import type { Cell } from '@/core/live'
import type { GridColumn } from '@/core/ui'
import type { Cluster } from '../queries'

/** Columns that need less room than their type has. */
const WIDTHS: Record<string, string> = {
  name: 'minmax(9rem, 2fr)',
  health: 'minmax(8.5rem, 1fr)',
  version: 'minmax(5.5rem, 0.8fr)',
  roundTrip: 'minmax(5rem, 0.6fr)',
  certificate: 'minmax(5rem, 0.6fr)',
}

/** The columns of the table of clusters. */
export function useClusterColumns(): ComputedRef<GridColumn[]> {
  const { t } = useText()
  return computed(() =>
    (
      [
        ['name', 'text'], ['health', 'status'], ['version', 'text'], ['nodes', 'fraction'], ['pods', 'fraction'],
        ['cpu', 'cpu'], ['memory', 'bytes'], ['roundTrip', 'text'], ['certificate', 'text'], ['contact', 'time'],
      ] as const
    ).map(([id, type]) => ({ id, type, title: t(`clusters.fleet.column.${id}`), sortable: true, width: WIDTHS[id] })),
  )
}

const DAY = 86_400_000

/** One cell of the table; its type is that of the column. */
export function clusterCell(cluster: Cluster, id: string): Cell {
  switch (id) {
    case 'name':
      return cluster.displayName || cluster.name
    case 'health':
      return cluster.health.connected ? ['ok', 'Connected'] : ['error', 'Disconnected']
    case 'version':
      return cluster.version || null
    case 'nodes':
      return cluster.nodes ? [cluster.nodes.ready, cluster.nodes.total] : null
    case 'pods':
      return cluster.pods ? [cluster.pods.running, cluster.pods.total] : null
    case 'cpu':
      return cluster.cpu.used
    case 'memory':
      return cluster.memory.used
    case 'roundTrip':
      return cluster.health.connected ? `${(cluster.health.roundTrip / 1e6).toFixed(1)} ms` : null
    case 'certificate':
      return cluster.certificateExpiry ? `${Math.floor((Date.parse(cluster.certificateExpiry) - Date.now()) / DAY)} d` : null
    case 'contact':
      return Math.floor(Date.parse(cluster.health.lastContact) / 1000)
    default:
      return null
  }
}

/** A value to sort by: fractions by their share, statuses by their text. */
function rank(value: Cell): number | string {
  if (typeof value === 'number' || typeof value === 'string') return value
  if (Array.isArray(value)) return typeof value[0] === 'number' ? value[0] / Math.max(1, Number(value[1])) : String(value[1])
  return ''
}

/** The clusters whose name holds the text, sorted by a column. */
export function visibleClusters(clusters: Cluster[], q: string, sort: string, desc: boolean): Cluster[] {
  const text = q.trim().toLowerCase()
  const found = clusters.filter((cluster) => `${cluster.name} ${cluster.displayName}`.toLowerCase().includes(text))
  const way = desc ? -1 : 1
  return found.sort((a, b) => {
    const [x, y] = [rank(clusterCell(a, sort)), rank(clusterCell(b, sort))]
    return way * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), undefined, { numeric: true }))
  })
}
