import { defineAsyncComponent, type Component } from 'vue'

const workload = defineAsyncComponent(() => import('./WorkloadView.vue'))
const binding = defineAsyncComponent(() => import('./BindingView.vue'))
const role = defineAsyncComponent(() => import('./RoleView.vue'))

/** What is shown of a kind beside what every object has. Kinds without a view show spec and status as a tree. */
const VIEWS: Record<string, Component> = {
  pods: defineAsyncComponent(() => import('./PodView.vue')),
  'deployments.apps': workload,
  'statefulsets.apps': workload,
  'daemonsets.apps': workload,
  'replicasets.apps': workload,
  'jobs.batch': defineAsyncComponent(() => import('./JobView.vue')),
  'cronjobs.batch': defineAsyncComponent(() => import('./CronJobView.vue')),
  nodes: defineAsyncComponent(() => import('./NodeView.vue')),
  services: defineAsyncComponent(() => import('./ServiceView.vue')),
  'ingresses.networking.k8s.io': defineAsyncComponent(() => import('./IngressView.vue')),
  configmaps: defineAsyncComponent(() => import('./ConfigMapView.vue')),
  secrets: defineAsyncComponent(() => import('./SecretView.vue')),
  persistentvolumeclaims: defineAsyncComponent(() => import('./ClaimView.vue')),
  persistentvolumes: defineAsyncComponent(() => import('./VolumeView.vue')),
  'horizontalpodautoscalers.autoscaling': defineAsyncComponent(() => import('./AutoscalerView.vue')),
  'rolebindings.rbac.authorization.k8s.io': binding,
  'clusterrolebindings.rbac.authorization.k8s.io': binding,
  'roles.rbac.authorization.k8s.io': role,
  'clusterroles.rbac.authorization.k8s.io': role,
}

export function viewOf(resource: string): Component | null {
  return VIEWS[resource] ?? null
}
