import { computed, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { useListState, useScope } from '@/core/console'
import { useLiveList, type Filter, type ObjectRef, type Query, type Row } from '@/core/live'
import { useKinds } from '../queries'
import { cellReader, useColumns } from './columns'
import { useFilters } from './filters'

export interface ListOptions {
  resource: MaybeRefOrGetter<string>
  cluster?: MaybeRefOrGetter<string>
  /** Instead of the namespaces of the scope. */
  namespaces?: MaybeRefOrGetter<string[] | undefined>
  /** Only what this controller owns. */
  owner?: MaybeRefOrGetter<string | undefined>
  /** Conditions that always hold and are not shown. */
  fixed?: MaybeRefOrGetter<Filter[] | undefined>
  /** Label selector that always holds. */
  selector?: MaybeRefOrGetter<string | undefined>
  /** Columns that are needless here. */
  without?: MaybeRefOrGetter<string[] | undefined>
  sort?: { sort: string; desc: boolean }
  /** Columns that stand before the others, in this order. */
  first?: readonly string[]
}

/** A live list of one kind: what the address asks for, and what came. */
export function useResourceList(options: ListOptions) {
  const scope = useScope()
  const list = useListState(options.sort)
  const filters = useFilters(list.filters)
  const { title, toGrid } = useColumns()
  const resource = computed(() => toValue(options.resource))
  const cluster = computed(() => toValue(options.cluster) ?? scope.cluster.value)
  const namespaces = computed(() => toValue(options.namespaces) ?? scope.namespaces.value)
  const { data: kinds } = useKinds(cluster)
  const kind = computed(() => kinds.value?.kinds?.find((each) => each.resource === resource.value) ?? null)

  const query = computed<Query>(() => {
    const all = [...(toValue(options.fixed) ?? []), ...filters.filters.value]
    const labels = [toValue(options.selector), list.labels.value].filter(Boolean).join(',')
    return {
      cluster: cluster.value,
      resource: resource.value,
      namespaces: kind.value?.namespaced === false ? undefined : namespaces.value,
      q: list.q.value || undefined,
      labels: labels || undefined,
      filters: all.length > 0 ? all : undefined,
      owner: toValue(options.owner),
      sort: list.sort.value,
      desc: list.desc.value || undefined,
      offset: list.offset.value || undefined,
      limit: list.limit.value,
      columns: list.columns.value.length > 0 ? list.columns.value : undefined,
    }
  })
  const live = useLiveList(query)

  // Fewer rows than the page begins at: go back to the last page that has some.
  watch([live.total, live.pending], ([total, pending]) => {
    if (pending || list.offset.value === 0 || list.offset.value < total) return
    list.offset.value = Math.max(0, Math.floor((total - 1) / list.limit.value) * list.limit.value)
  })

  const cell = computed(() => cellReader(live.columns.value))
  const needless = computed(() => new Set([...(toValue(options.without) ?? []), ...(namespaces.value.length === 1 && list.columns.value.length === 0 ? ['namespace'] : [])]))
  const columns = computed(() => toGrid(live.columns.value.filter((column) => !needless.value.has(column.id)), options.first))
  const allColumns = computed(() => toGrid(kind.value?.columns ?? live.columns.value))
  const facets = computed(() => live.columns.value.filter((column) => column.facet && column.id !== 'namespace' && !needless.value.has(column.id)))

  function refOf(row: Pick<Row, 'namespace' | 'name'>): ObjectRef {
    return { cluster: cluster.value, resource: resource.value, namespace: row.namespace, name: row.name }
  }

  return { cluster, resource, namespaces, kind, kinds, list, filters, live, query, columns, allColumns, facets, cell, title, refOf }
}

export type ResourceList = ReturnType<typeof useResourceList>
