import { computed } from 'vue'
import { useRoute, useRouter, type LocationQueryValue, type RouteLocationRaw } from 'vue-router'

const KEY = 'kubemate.cluster'
const FIRST_CLUSTER = 'local'

/** The values of a query parameter that may repeat, without empty ones. */
export function listOf(value: LocationQueryValue | LocationQueryValue[] | undefined): string[] {
  const values = Array.isArray(value) ? value : [value]
  return values.filter((item): item is string => typeof item === 'string' && item !== '')
}

/**
 * Where the user looks: a cluster (in the path, /c/{cluster}/…) and namespaces (in the query,
 * ?ns=a&ns=b; none = all visible). Both are part of every address.
 */
export function useScope() {
  const route = useRoute()
  const router = useRouter()

  const cluster = computed(() => {
    const inPath = route.params['cluster']
    return typeof inPath === 'string' ? inPath : (sessionStorage.getItem(KEY) ?? FIRST_CLUSTER)
  })
  const namespaces = computed(() => listOf(route.query['ns']))

  /** A route in the present scope; give it the name and what else it takes. */
  function within(name: string, params: Record<string, string> = {}): RouteLocationRaw {
    const wanted = router.hasRoute(name) ? router.resolve({ name, params: { cluster: cluster.value, ...params } }) : null
    const takesCluster = wanted?.matched.some((record) => record.path.includes(':cluster')) ?? false
    return {
      name,
      params: takesCluster ? { cluster: cluster.value, ...params } : params,
      query: takesCluster && namespaces.value.length > 0 ? { ns: namespaces.value } : {},
    }
  }

  function setCluster(next: string): void {
    sessionStorage.setItem(KEY, next)
    const name = typeof route.name === 'string' && route.params['cluster'] && !route.params['name'] ? route.name : 'overview'
    void router.push({ name, params: { ...route.params, cluster: next } })
  }

  function setNamespaces(next: string[]): void {
    void router.push({ name: route.name ?? undefined, params: route.params, query: { ...route.query, ns: next, page: undefined } })
  }

  return { cluster, namespaces, within, setCluster, setNamespaces }
}

/** Remembers the cluster for pages whose address names none. */
export function rememberCluster(cluster: string): void {
  sessionStorage.setItem(KEY, cluster)
}
