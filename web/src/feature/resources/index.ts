import { defineFeature } from '@/core/console'

/** Lists of every kind, and one page for every object: looking, changing, logs, shell. */
export default defineFeature({
  name: 'resources',
  messages: {
    en: () => import('./i18n/en.json'),
    'zh-CN': () => import('./i18n/zh-CN.json'),
  },
  routes: [
    { path: '/c/:cluster/workloads/:resource?', name: 'workloads', component: () => import('./pages/GroupPage.vue'), props: { group: 'workloads' }, meta: { title: 'app.nav.workloads' } },
    { path: '/c/:cluster/services/:resource?', name: 'services', component: () => import('./pages/GroupPage.vue'), props: { group: 'services' }, meta: { title: 'app.nav.services' } },
    { path: '/c/:cluster/config/:resource?', name: 'config', component: () => import('./pages/GroupPage.vue'), props: { group: 'config' }, meta: { title: 'app.nav.config' } },
    { path: '/c/:cluster/storage/:resource?', name: 'storage', component: () => import('./pages/GroupPage.vue'), props: { group: 'storage' }, meta: { title: 'app.nav.storage' } },
    { path: '/c/:cluster/roles/:resource?', name: 'roles', component: () => import('./pages/GroupPage.vue'), props: { group: 'roles' }, meta: { title: 'app.nav.roles' } },
    { path: '/c/:cluster/events', name: 'events', component: () => import('./pages/EventsPage.vue'), meta: { title: 'app.nav.events' } },
    { path: '/c/:cluster/kinds', name: 'kinds', component: () => import('./pages/KindsPage.vue'), meta: { title: 'app.nav.kinds' } },
    { path: '/c/:cluster/create', name: 'create', component: () => import('./pages/CreatePage.vue'), meta: { title: 'resources.create.title' } },
    { path: '/c/:cluster/r/:resource', name: 'objects', component: () => import('./pages/ObjectsPage.vue') },
    { path: '/c/:cluster/r/:resource/:namespace/:name', name: 'object', component: () => import('./pages/ObjectPage.vue') },
  ],
  nav: [
    { door: 'workloads', section: 'resources', order: 10, icon: 'layers', route: 'workloads', primary: true },
    { door: 'pods', section: 'resources', order: 20, icon: 'box', route: 'objects', params: { resource: 'pods' }, primary: true },
    { door: 'services', section: 'resources', order: 30, icon: 'network', route: 'services' },
    { door: 'config', section: 'resources', order: 40, icon: 'config', route: 'config' },
    { door: 'storage', section: 'resources', order: 50, icon: 'storage', route: 'storage' },
    { door: 'events', section: 'resources', order: 60, icon: 'bell', route: 'events' },
    { door: 'roles', section: 'govern', order: 10, icon: 'shield', route: 'roles' },
    { door: 'kinds', section: 'resources', order: 70, icon: 'boxes', route: 'kinds' },
  ],
})
