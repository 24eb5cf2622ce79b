import { defineFeature } from '@/core/console'

/** Where everything runs: overview, clusters, nodes, namespaces, roles, and long-running work. */
export default defineFeature({
  name: 'clusters',
  messages: {
    en: () => import('./i18n/en.json'),
    'zh-CN': () => import('./i18n/zh-CN.json'),
  },
  routes: [
    { path: '/c/:cluster', name: 'overview', component: () => import('./pages/OverviewPage.vue'), meta: { title: 'app.nav.overview', door: 'overview' } },
    { path: '/clusters', name: 'clusters', component: () => import('./pages/ClustersPage.vue'), meta: { title: 'app.nav.clusters', door: 'clusters' } },
    { path: '/c/:cluster/jobs', name: 'jobs', component: () => import('./pages/JobsPage.vue'), meta: { title: 'app.nav.jobs', door: 'jobs' } },
  ],
  nav: [
    { door: 'overview', section: 'overview', order: 0, icon: 'dashboard', route: 'overview', primary: true },
    { door: 'clusters', section: 'platform', order: 10, icon: 'cluster', route: 'clusters' },
    { door: 'nodes', section: 'platform', order: 20, icon: 'node', route: 'objects', params: { resource: 'nodes' }, primary: true },
    { door: 'namespaces', section: 'platform', order: 30, icon: 'namespace', route: 'objects', params: { resource: 'namespaces' } },
    { door: 'jobs', section: 'platform', order: 40, icon: 'activity', route: 'jobs' },
  ],
})
