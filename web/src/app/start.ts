import { VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { configureApi, makeQueryClient } from '@/core/api'
import { useSession } from '@/core/console'
import { defineMessages, i18n, startLocale } from '@/core/i18n'
import { installLive } from '@/core/live'
import { installUi, startAppearance } from '@/core/ui'
import { objectExtensions } from '@/feature/resources/extensions'
import App from './App.vue'
import { extensionsOfFeatures } from './extensions'
import { makeRouter, signInRoute } from './router'

const texts = defineMessages('app', {
  en: () => import('./i18n/en.json'),
  'zh-CN': () => import('./i18n/zh-CN.json'),
})

/** The composition root: makes everything, connects it, and shows the page. */
export async function startConsole(): Promise<void> {
  startAppearance()
  const app = createApp(App)
  app.use(createPinia())
  const session = useSession()
  const router = makeRouter()
  const queryClient = makeQueryClient()

  function signedOut(): void {
    if (!session.session) return
    session.set(null)
    queryClient.clear()
    void router.push(signInRoute(router, router.currentRoute.value.fullPath))
  }

  configureApi({ csrf: () => session.session?.csrf ?? '', onUnauthenticated: signedOut })
  installUi(app)
  app.provide(objectExtensions, extensionsOfFeatures())
  const live = installLive(app, signedOut)
  session.$subscribe(() => {
    if (!session.session) live.socket.close()
  })
  app.use(VueQueryPlugin, { queryClient })
  app.use(i18n)
  await startLocale([texts])
  app.use(router)
  app.mount('#app')
}
