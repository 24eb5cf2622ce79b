import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, fetchApi, unwrap } from '@/core/api'
import { NO_NAMESPACE, objectPath } from '@/core/console'
import type { ObjectRef } from '@/core/live'
import type { JsonSchema, KindInfo } from './types'

const MINUTE = 60_000

/** The path parameters of an object. */
export function pathOf(ref: ObjectRef) {
  return { cluster: ref.cluster, resource: ref.resource, ns: ref.namespace || NO_NAMESPACE, name: ref.name }
}

/** All queries about one object begin with this key. */
export function objectKey(ref: ObjectRef): readonly unknown[] {
  return ['object', ref.cluster, ref.resource, ref.namespace ?? '', ref.name]
}

/** The kinds that a cluster serves, with columns and what the caller may do. */
export function useKinds(cluster: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: computed(() => ['kinds', toValue(cluster)]),
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/clusters/{cluster}/kinds', { params: { path: { cluster: toValue(cluster) } }, signal })),
    staleTime: 5 * MINUTE,
  })
}

/** One kind of a cluster; null until the list is there, or when the cluster has no such kind. */
export function useKind(cluster: MaybeRefOrGetter<string>, resource: MaybeRefOrGetter<string>) {
  const { data } = useKinds(cluster)
  return computed<KindInfo | null>(() => data.value?.kinds?.find((kind) => kind.resource === toValue(resource)) ?? null)
}

export function useNamespaces(cluster: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: computed(() => ['namespaces', toValue(cluster)]),
    queryFn: ({ signal }) => unwrap(api.GET('/api/v1/clusters/{cluster}/namespaces', { params: { path: { cluster: toValue(cluster) } }, signal })),
    staleTime: MINUTE,
  })
}

export function useEvents(ref: MaybeRefOrGetter<ObjectRef>) {
  return useQuery({
    queryKey: computed(() => [...objectKey(toValue(ref)), 'events']),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v1/clusters/{cluster}/resources/{resource}/objects/{ns}/{name}/events', { params: { path: pathOf(toValue(ref)) }, signal })),
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  })
}

export function useOwners(ref: MaybeRefOrGetter<ObjectRef>) {
  return useQuery({
    queryKey: computed(() => [...objectKey(toValue(ref)), 'owners']),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v1/clusters/{cluster}/resources/{resource}/objects/{ns}/{name}/owners', { params: { path: pathOf(toValue(ref)) }, signal })),
    refetchInterval: 15_000,
  })
}

export function useRelated(ref: MaybeRefOrGetter<ObjectRef>) {
  return useQuery({
    queryKey: computed(() => [...objectKey(toValue(ref)), 'related']),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v1/clusters/{cluster}/resources/{resource}/objects/{ns}/{name}/related', { params: { path: pathOf(toValue(ref)) }, signal })),
    refetchInterval: 15_000,
  })
}

/** Why an object is in a bad state; asked only while `wanted`. */
export function useWhy(ref: MaybeRefOrGetter<ObjectRef>, wanted: MaybeRefOrGetter<boolean>) {
  return useQuery({
    queryKey: computed(() => [...objectKey(toValue(ref)), 'why']),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v1/clusters/{cluster}/resources/{resource}/objects/{ns}/{name}/why', { params: { path: pathOf(toValue(ref)) }, signal })),
    enabled: computed(() => toValue(wanted)),
    refetchInterval: 10_000,
  })
}

/** Where a roll-out stands, asked often while it moves. */
export function useRollout(ref: MaybeRefOrGetter<ObjectRef>) {
  return useQuery({
    queryKey: computed(() => [...objectKey(toValue(ref)), 'rollout']),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v1/clusters/{cluster}/resources/{resource}/objects/{ns}/{name}/rollout', { params: { path: pathOf(toValue(ref)) }, signal })),
    refetchInterval: (query) => (query.state.data?.status.phase === 'progressing' ? 1500 : 10_000),
  })
}

/** The JSON schema of a kind, for help while editing. Schemas change with the cluster's version only. */
export function useSchema(cluster: MaybeRefOrGetter<string>, resource: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: computed(() => ['schema', toValue(cluster), toValue(resource)]),
    queryFn: async ({ signal }) =>
      (await unwrap(api.GET('/api/v1/clusters/{cluster}/schema/{resource}', { params: { path: { cluster: toValue(cluster), resource: toValue(resource) } }, signal }))) as JsonSchema,
    staleTime: 30 * MINUTE,
    enabled: computed(() => toValue(resource) !== ''),
  })
}

export interface ObjectText {
  text: string
  resourceVersion: string
}

/** The object as YAML, fresh from the cluster. */
export async function fetchYaml(ref: ObjectRef, options: { managedFields?: boolean } = {}): Promise<ObjectText> {
  const response = await fetchApi(`${objectPath(ref)}/yaml${options.managedFields ? '?managedFields=true' : ''}`, { headers: { Accept: 'text/yaml' } })
  return { text: await response.text(), resourceVersion: (response.headers.get('ETag') ?? '').replaceAll('"', '') }
}

/** The object with the values of a Secret. */
export function fetchRevealed(ref: ObjectRef) {
  return unwrap(api.GET('/api/v1/clusters/{cluster}/resources/{resource}/objects/{ns}/{name}', { params: { path: pathOf(ref), query: { reveal: true } } }))
}
