import { VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia } from 'pinia'
import type { Component } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter, type RouteRecordRaw, type Router } from 'vue-router'
import { makeQueryClient } from '@/core/api'
import { installLive } from '@/core/live'
import { installUi } from '@/core/ui'

const files = import.meta.glob<{ default: Record<string, unknown> }>(['/src/core/i18n/en.json', '/src/app/i18n/en.json', '/src/feature/*/i18n/en.json'], { eager: true })

/** Every English text, under its namespace. */
function englishTexts(): Record<string, unknown> {
  const name = (path: string): string => (path.startsWith('/src/core/') ? 'ui' : path.startsWith('/src/app/') ? 'app' : (path.split('/')[3] ?? ''))
  return Object.fromEntries(Object.entries(files).map(([path, module]) => [name(path), module.default]))
}

interface Options {
  props?: Record<string, unknown>
  slots?: Record<string, string>
  /** Address at the start. */
  path?: string
  routes?: RouteRecordRaw[]
}

const Nothing = { template: '<div />' }

/** Mounts a component with everything that the console gives to its pages; texts are English. */
export async function mountPage(component: Component, { props, slots, path = '/', routes = [] }: Options = {}): Promise<{ page: VueWrapper; router: Router }> {
  const router = createRouter({ history: createMemoryHistory(), routes: [...routes, { path: '/:rest(.*)*', name: 'rest', component: Nothing }] })
  await router.push(path)
  const i18n = createI18n({ legacy: false, locale: 'en', messages: { en: englishTexts() as never } })
  const page = mount(component, {
    props,
    slots,
    attachTo: document.body,
    global: {
      plugins: [
        createPinia(),
        router,
        i18n,
        [VueQueryPlugin, { queryClient: makeQueryClient() }],
        { install: installUi },
        { install: (app) => void installLive(app, () => undefined) },
      ],
    },
  })
  await flushPromises()
  return { page, router }
}
