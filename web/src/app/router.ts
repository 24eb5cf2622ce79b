import { createRouter, createWebHistory, type Router, type RouteRecordRaw } from 'vue-router'
import { basePath } from '@/core/api'
import { rememberCluster, useSession } from '@/core/console'
import { addMessages } from '@/core/i18n'
import { features, messagesOf } from './features'

/** Marks every route of a feature, so that its texts are there before its page is. */
function routesOf(): RouteRecordRaw[] {
  return features.flatMap((feature) =>
    feature.routes.map((route) => ({ ...route, meta: { ...route.meta, feature: feature.name } }) as RouteRecordRaw),
  )
}

const own: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./shell/HomePage.vue'), meta: { title: 'app.home' } },
  { path: '/:rest(.*)*', name: 'not-found', component: () => import('./shell/NotFoundPage.vue'), meta: { title: 'app.notFound.title' } },
]

export function makeRouter(): Router {
  const router = createRouter({
    history: createWebHistory(basePath()),
    routes: [...routesOf(), ...own],
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  })
  router.beforeEach(async (to) => {
    const texts = to.meta.feature ? messagesOf(to.meta.feature) : undefined
    if (texts) await addMessages(texts)
    return guard(router, to.fullPath, to.meta.public === true, to.name === 'set-password')
  })
  router.afterEach((to) => {
    const cluster = to.params['cluster']
    if (typeof cluster === 'string') rememberCluster(cluster)
  })
  return router
}

/** Leads to sign-in without a session, and to the new password while one is owed. */
async function guard(router: Router, target: string, isPublic: boolean, isPassword: boolean) {
  const session = useSession()
  if (isPublic) return true
  if (!session.asked) await session.load()
  if (!session.session) return signInRoute(router, target)
  if (session.user?.mustSetPassword && !isPassword) return { name: 'set-password', query: target === '/' ? {} : { to: target } }
  return true
}

/** Sign-in that comes back to where the user was. */
export function signInRoute(router: Router, target: string) {
  const here = router.currentRoute.value
  if (here.name === 'sign-in') return { name: 'sign-in', query: here.query }
  return { name: 'sign-in', query: target === '/' ? {} : { to: target } }
}
