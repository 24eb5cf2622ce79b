import type { Cell, ObjectRef, Row } from '@/core/live'
import { resourceOf } from '../kinds'

type Kinds = readonly { resource: string; kind: string; group: string }[]
type Link = (row: Row, value: string, kinds: Kinds) => Omit<ObjectRef, 'cluster'> | null

const clusterScoped =
  (resource: string): Link =>
  (_row, name) => ({ resource, name })

const sameNamespace =
  (resource: string): Link =>
  (row, name) => ({ resource, namespace: row.namespace, name })

/** "Deployment/web" in the row's own namespace. */
const byKind: Link = (row, value, kinds) => {
  const [kind = '', name = ''] = value.split('/')
  const resource = resourceOf(kind, '', kinds)
  if (!resource || !name) return null
  return { resource, namespace: CLUSTER_SCOPED.has(resource) ? undefined : row.namespace, name }
}

const CLUSTER_SCOPED = new Set(['nodes', 'namespaces', 'persistentvolumes', 'storageclasses.storage.k8s.io'])

const LINKS: Record<string, Link> = {
  node: clusterScoped('nodes'),
  namespace: clusterScoped('namespaces'),
  storageClass: clusterScoped('storageclasses.storage.k8s.io'),
  volume: clusterScoped('persistentvolumes'),
  priorityClass: clusterScoped('priorityclasses.scheduling.k8s.io'),
  serviceAccount: sameNamespace('serviceaccounts'),
  object: byKind,
  controlledBy: byKind,
  reference: byKind,
  claim: (_row, value) => {
    const [namespace, name] = value.split('/')
    return namespace && name ? { resource: 'persistentvolumeclaims', namespace, name } : null
  },
}

/** Columns whose cells lead to another object. */
export const LINKED = Object.keys(LINKS)

/** The object that a cell names, if it names one. */
export function cellLink(cluster: string, column: string, row: Row, value: Cell | undefined, kinds: Kinds): ObjectRef | null {
  if (typeof value !== 'string' || value === '') return null
  const found = LINKS[column]?.(row, value, kinds) ?? null
  return found && { cluster, ...found }
}
