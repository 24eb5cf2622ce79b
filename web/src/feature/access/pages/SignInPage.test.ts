import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { mountPage } from '@/testing/mountPage'
import SignInLinkPage from './SignInLinkPage.vue'
import SignInPage from './SignInPage.vue'

const session = { user: { name: 'li.na', displayName: '', email: '', groups: [], mustSetPassword: false }, csrf: 'c', doors: [], version: 'v', via: 'cookie' }

function server(answers: Record<string, [number, unknown]>) {
  const calls: { path: string; body: unknown }[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname.replace('/api/v1/', '')
    calls.push({ path, body: request.method === 'POST' ? await request.json() : null })
    const [status, body] = answers[path] ?? [401, { title: 'no', status: 401, detail: 'not signed in' }]
    return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
  })
  return calls
}

afterEach(() => vi.unstubAllGlobals())

describe('SignInPage', () => {
  it('signs in and goes where the user was', async () => {
    const calls = server({ 'auth/sign-in': [200, session] })
    const { page, router } = await mountPage(SignInPage, { path: '/sign-in?to=/users' })
    const [name, password] = page.findAll('input')
    await name!.setValue(' li.na ')
    await password!.setValue('correct horse battery')
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(calls.at(-1)).toEqual({ path: 'auth/sign-in', body: { username: 'li.na', password: 'correct horse battery' } })
    expect(router.currentRoute.value.fullPath).toBe('/users')
  })

  it('says why it was refused, and forgets the password', async () => {
    server({ 'auth/sign-in': [401, { title: 'no', status: 401, detail: 'The user name or the password is wrong.' }] })
    const { page } = await mountPage(SignInPage, { path: '/sign-in' })
    const [name, password] = page.findAll('input')
    await name!.setValue('li.na')
    await password!.setValue('wrong')
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(page.find('[role=alert]').text()).toContain('The user name or the password is wrong.')
    expect(password!.element.value).toBe('')
  })

  it('leaves at once when somebody is signed in already', async () => {
    server({ 'auth/session': [200, session] })
    const { router } = await mountPage(SignInPage, { path: '/sign-in?to=/users' })
    await flushPromises()
    expect(router.currentRoute.value.fullPath).toBe('/users')
  })
})

describe('SignInLinkPage', () => {
  it('uses the token only when asked to, and takes it out of the address', async () => {
    window.location.hash = '#token=kml_once'
    const calls = server({ 'auth/sign-in-link': [200, session] })
    const { page } = await mountPage(SignInLinkPage, { path: '/sign-in/link', routes: [{ path: '/', name: 'home', component: { template: '<i />' } }] })
    expect(calls).toEqual([])
    expect(window.location.hash).toBe('')
    await page.find('button').trigger('click')
    await flushPromises()
    expect(calls[0]).toEqual({ path: 'auth/sign-in-link', body: { token: 'kml_once' } })
  })

  it('offers the password when the link is used up', async () => {
    window.location.hash = '#token=kml_old'
    server({ 'auth/sign-in-link': [410, { title: 'Gone', status: 410, detail: 'This link was used already.' }] })
    const { page } = await mountPage(SignInLinkPage, { path: '/sign-in/link', routes: [{ path: '/', name: 'home', component: { template: '<i />' } }] })
    await page.find('button').trigger('click')
    await flushPromises()
    expect(page.text()).toContain('This link was used already.')
    expect(page.text()).toContain('Sign in with a password')
  })
})
