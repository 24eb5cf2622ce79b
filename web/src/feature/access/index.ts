import { defineFeature } from '@/core/console'

/** Sign-in, the user's own account, and everybody's accounts. */
export default defineFeature({
  name: 'access',
  messages: {
    en: () => import('./i18n/en.json'),
    'zh-CN': () => import('./i18n/zh-CN.json'),
  },
  routes: [
    { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignInPage.vue'), meta: { title: 'access.signIn.title', public: true } },
    { path: '/sign-in/link', name: 'sign-in-link', component: () => import('./pages/SignInLinkPage.vue'), meta: { title: 'access.signIn.title', public: true } },
    { path: '/set-password', name: 'set-password', component: () => import('./pages/SetPasswordPage.vue'), meta: { title: 'access.setPassword.title', bare: true } },
    { path: '/profile', name: 'profile', component: () => import('./pages/ProfilePage.vue'), meta: { title: 'access.profile.title' } },
    { path: '/users', name: 'users', component: () => import('./pages/UsersPage.vue'), meta: { title: 'access.users.title', door: 'users' } },
  ],
  nav: [{ door: 'users', section: 'govern', needs: 'users', order: 20, icon: 'users', route: 'users' }],
})
