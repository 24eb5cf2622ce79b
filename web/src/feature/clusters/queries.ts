import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, unwrap, type Answer, type components } from '@/core/api'
import { NO_NAMESPACE } from '@/core/console'
import type { Job, ObjectRef } from '@/core/live'

export type Overview = Answer<'/api/v1/clusters/{cluster}/overview', 'get'>
export type { Job }
export type JobItem = components['schemas']['JobItem']
export type DrainRequest = components['schemas']['DrainRequest']
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

/** The jobs of a cluster that the caller may see, newest first. */
export function useJobs(cluster: Ref<string>) {
  return useQuery({
    queryKey: ['jobs', cluster],
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/jobs', { params: { query: { cluster: cluster.value } }, signal })),
    refetchInterval: REFRESH,
  })
}

/** Asks a job to stop; the live job tells when it has. */
export function useCancelJob() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  })
}

/** Empties a node, or says what that would do; the answer is the job. */
export function useDrain() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ node, ...body }: { node: ObjectRef } & DrainRequest) =>
      unwrap(
        api.POST('/api/v1/clusters/{cluster}/resources/{resource}/objects/{ns}/{name}/drain', {
          params: { path: { cluster: node.cluster, resource: node.resource, ns: NO_NAMESPACE, name: node.name } },
          body,
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  })
}

/** One question to the cluster's rules. */
export interface RightQuestion {
  cluster: string
  verb: string
  resource: string
  namespace?: string
  name?: string
}

/** Whether the caller may do something; asks only while there is a question. */
export function useRight(question: Ref<RightQuestion | null>) {
  return useQuery({
    queryKey: ['right', question],
    enabled: computed(() => question.value !== null),
    queryFn: async ({ signal }) => {
      if (!question.value) return false
      const { cluster, ...asked } = question.value
      const { answers } = await unwrap(api.POST('/api/v1/clusters/{cluster}/can', { params: { path: { cluster } }, body: { questions: [asked] }, signal }))
      return answers?.[0]?.allowed ?? false
    },
    staleTime: 30_000,
  })
}
