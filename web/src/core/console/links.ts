import type { RouteLocationRaw } from 'vue-router'
import type { ObjectRef } from '../live'

/** Stands for the namespace of cluster-scoped objects in paths. */
export const NO_NAMESPACE = '_'

/** The page of one object. Every feature links to objects by this; the route is named "object". */
export function objectRoute(ref: ObjectRef, tab?: string): RouteLocationRaw {
  return {
    name: 'object',
    params: { cluster: ref.cluster, resource: ref.resource, namespace: ref.namespace || NO_NAMESPACE, name: ref.name },
    query: tab ? { tab } : {},
  }
}

/** The list of one kind; the route is named "objects". */
export function listRoute(cluster: string, resource: string, namespaces: string[] = []): RouteLocationRaw {
  return { name: 'objects', params: { cluster, resource }, query: namespaces.length ? { ns: namespaces } : {} }
}

/** The API's path of one object, for calls outside the typed client. */
export function objectPath(ref: ObjectRef): string {
  const parts = [ref.cluster, 'resources', ref.resource, 'objects', ref.namespace || NO_NAMESPACE, ref.name]
  return `/api/v1/clusters/${parts.map(encodeURIComponent).join('/')}`
}
