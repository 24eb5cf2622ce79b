import { defineAsyncComponent } from 'vue'

/** What this feature adds to the pages of objects; the composition root hands it on. */
export const clusterExtensions = [
  { id: 'drain', resources: ['nodes'], place: 'action' as const, order: 10, component: defineAsyncComponent(() => import('./drain/DrainAction.vue')) },
  { id: 'node-capacity', resources: ['nodes'], place: 'section' as const, order: 10, component: defineAsyncComponent(() => import('./nodes/NodeCapacity.vue')) },
  { id: 'node-facts', resources: ['nodes'], place: 'section' as const, order: 20, component: defineAsyncComponent(() => import('./nodes/NodeFacts.vue')) },
]
