import { fetchApi } from '@/core/api'
import type { Query } from '@/core/live'
import { formatFilter } from './filters'

/** The list's question as parameters of GET …/resources/{resource}, without paging. */
export function csvParams(query: Query): URLSearchParams {
  const params = new URLSearchParams()
  for (const namespace of query.namespaces ?? []) params.append('namespace', namespace)
  for (const filter of query.filters ?? []) params.append('filter', formatFilter(filter))
  const one = { q: query.q, labels: query.labels, owner: query.owner, sort: query.sort, columns: query.columns?.join(',') }
  for (const [name, value] of Object.entries(one)) if (value) params.set(name, value)
  if (query.desc) params.set('desc', 'true')
  return params
}

/** Gives a text to the browser as a file. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** Downloads every match of a list as CSV. */
export async function downloadCsv(query: Query): Promise<void> {
  const path = `/api/v1/clusters/${encodeURIComponent(query.cluster)}/resources/${encodeURIComponent(query.resource)}?${csvParams(query).toString()}`
  const response = await fetchApi(path, { headers: { Accept: 'text/csv' } })
  saveFile(`${query.cluster}-${query.resource}.csv`, await response.blob())
}
