/** Groups of kinds that share a page. The first one is shown when the address names none. */
export const WORKLOADS = ['deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch', 'cronjobs.batch'] as const
export const NETWORK = ['services', 'ingresses.networking.k8s.io'] as const
export const CONFIG = ['configmaps', 'secrets'] as const
export const STORAGE = ['persistentvolumeclaims', 'persistentvolumes', 'storageclasses.storage.k8s.io'] as const

export const ROLES = [
  'clusterroles.rbac.authorization.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
] as const

export const GROUPS = { workloads: WORKLOADS, services: NETWORK, config: CONFIG, storage: STORAGE, roles: ROLES } as const
export type GroupName = keyof typeof GROUPS

/** Kinds whose deletion takes much else with it: their name must be typed first. */
export const DANGEROUS: ReadonlySet<string> = new Set([
  'namespaces',
  'nodes',
  'persistentvolumes',
  'persistentvolumeclaims',
  'customresourcedefinitions.apiextensions.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
])

/** Kinds whose objects own or select pods, which then are a tab of their page. */
export const WITH_PODS: ReadonlySet<string> = new Set([
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'replicasets.apps',
  'jobs.batch',
  'services',
  'nodes',
])

/** Kinds that have revisions to go back to. */
export const WITH_ROLLOUT: ReadonlySet<string> = new Set(['deployments.apps', 'statefulsets.apps', 'daemonsets.apps'])

const NAMES: Record<string, string> = {
  pods: 'Pod',
  'deployments.apps': 'Deployment',
  'statefulsets.apps': 'StatefulSet',
  'daemonsets.apps': 'DaemonSet',
  'replicasets.apps': 'ReplicaSet',
  'jobs.batch': 'Job',
  'cronjobs.batch': 'CronJob',
  services: 'Service',
  'ingresses.networking.k8s.io': 'Ingress',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  persistentvolumes: 'PersistentVolume',
  'storageclasses.storage.k8s.io': 'StorageClass',
  events: 'Event',
  nodes: 'Node',
  namespaces: 'Namespace',
  'clusterroles.rbac.authorization.k8s.io': 'ClusterRole',
  'roles.rbac.authorization.k8s.io': 'Role',
  'clusterrolebindings.rbac.authorization.k8s.io': 'ClusterRoleBinding',
  'rolebindings.rbac.authorization.k8s.io': 'RoleBinding',
}

/** The kind's name before the cluster's list of kinds is there; else the resource itself. */
export function kindName(resource: string, kinds: readonly { resource: string; kind: string }[] = []): string {
  return kinds.find((kind) => kind.resource === resource)?.kind ?? NAMES[resource] ?? resource
}

/** The kind's name for many: "Deployments", "Ingresses", "StorageClasses", "NetworkPolicies". */
export function kindPlural(kind: string): string {
  if (/(s|x|ch|sh)$/i.test(kind)) return kind.endsWith('Endpoints') ? kind : `${kind}es`
  if (/[^aeiou]y$/i.test(kind)) return `${kind.slice(0, -1)}ies`
  return `${kind}s`
}

/** The resource of a kind, for references that name only the kind; null if the cluster has none such. */
export function resourceOf(kind: string, apiVersion: string, kinds: readonly { resource: string; kind: string; group: string }[]): string | null {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
  const known = kinds.find((each) => each.kind === kind && each.group === group) ?? (apiVersion === '' ? kinds.find((each) => each.kind === kind) : undefined)
  if (known) return known.resource
  return Object.entries(NAMES).find(([, name]) => name === kind)?.[0] ?? null
}
