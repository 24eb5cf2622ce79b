import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, unwrap, type Answer } from '@/core/api'

export type Overview = Answer<'/api/v1/clusters/{cluster}/overview', 'get'>
export type Cluster = NonNullable<Answer<'/api/v1/clusters', 'get'>['clusters']>[number]

/** Figures are sums over the cache: asking again is cheap, and every few seconds is live enough for a sum. */
const REFRESH = 5_000

/** What a cluster's first page shows; of one namespace when exactly one is chosen. */
export function useOverview(cluster: Ref<string>, namespaces: Ref<string[]>) {
  const namespace = computed(() => (namespaces.value.length === 1 ? namespaces.value[0] : undefined))
  return useQuery({
    queryKey: ['overview', cluster, namespace],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v1/clusters/{cluster}/overview', { params: { path: { cluster: cluster.value }, query: { namespace: namespace.value } }, signal })),
    refetchInterval: REFRESH,
    placeholderData: keepPreviousData,
  })
}

export function useClusters() {
  return useQuery({ queryKey: ['clusters'], queryFn: ({ signal }) => unwrap(api.GET('/api/v1/clusters', { signal })), refetchInterval: REFRESH })
}
