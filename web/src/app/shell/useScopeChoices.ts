import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, unwrap } from '@/core/api'
import { useScope } from '@/core/console'

/** The clusters and namespaces that the user may choose from. */
export function useScopeChoices() {
  const scope = useScope()
  const clusters = useQuery({
    queryKey: ['clusters'],
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/clusters', { signal })),
    staleTime: 60_000,
  })
  const namespaces = useQuery({
    queryKey: ['namespaces', scope.cluster],
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/clusters/{cluster}/namespaces', { params: { path: { cluster: scope.cluster.value } }, signal })),
    staleTime: 15_000,
  })
  return {
    clusters: computed(() => (clusters.data.value?.clusters ?? []).map((cluster) => ({ value: cluster.name, label: cluster.displayName || cluster.name }))),
    namespaces: computed(() => (namespaces.data.value?.namespaces ?? []).map((namespace) => namespace.name)),
    refresh: () => void namespaces.refetch(),
  }
}
