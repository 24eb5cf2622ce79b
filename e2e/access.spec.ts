import { call, platform } from './support/platform.js'
import { expect, open, PASSWORD, signIn, test } from './support/console.js'

test('signs in by the one-time link, sets a password, and signs in with it', async ({ page }) => {
  await signIn(page)
  await expect(page).not.toHaveURL(/token=/)
  await page.getByRole('button', { name: 'Account: admin' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()

  await page.getByLabel('User name').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill('not the password at all')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('alert')).toBeVisible()

  // The first sign-in by the link gave the password, if this platform is fresh.
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
})

test('a link works once', async ({ page }) => {
  const { url } = await call<{ url: string }>('POST', '/api/v1/users/admin/sign-in-link')
  await page.goto(url)
  await page.getByRole('button', { name: 'Sign in with this link' }).click()
  await page.waitForURL((at) => !at.pathname.includes('/sign-in'))
  await page.context().clearCookies()
  await page.goto(url)
  await page.getByRole('button', { name: 'Sign in with this link' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
})

test('without a session every page leads to the sign-in page', async ({ page }) => {
  await open(page, '/c/local/r/pods')
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  const answer = await page.request.get(new URL('api/v1/clusters', platform().url).toString())
  expect(answer.status()).toBe(401)
})

test('a viewer sees what viewers may see, and no button that fails', async ({ page }) => {
  const name = `viewer-${Date.now().toString(36)}`
  await call('POST', '/api/v1/users', { name, displayName: 'Vera Viewer', email: '', groups: ['viewers'] })
  await signIn(page, name)
  await open(page, '/c/local/r/deployments.apps/demo-bank/teller')
  await expect(page.getByRole('heading', { name: /teller/ })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Scale' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Restart' })).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Users' })).toHaveCount(0)
})

test('a user who is disabled is out within seconds, in open pages too', async ({ page }) => {
  const name = `leaver-${Date.now().toString(36)}`
  await call('POST', '/api/v1/users', { name, displayName: '', email: '', groups: ['viewers'] })
  await signIn(page, name)
  await open(page, '/c/local/r/pods')
  await expect(page.getByRole('link', { name: /^teller-/ }).first()).toBeVisible()
  await call('PATCH', `/api/v1/users/${name}`, { disabled: true })
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
})

test('a developer works in the namespaces of his own and learns nothing of the others', async ({ page }) => {
  const name = `dev-${Date.now().toString(36)}`
  await call('POST', '/api/v1/users', { name, displayName: 'Deva Developer', email: '', groups: ['developers'] })
  await signIn(page, name)
  await open(page, '/c/local/r/pods')
  await expect(page.getByRole('main')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Create' }).first()).toBeVisible()
  await expect(page.getByRole('link', { name: /^teller-/ })).toHaveCount(0)
  await expect(page.getByText('demo-bank')).toHaveCount(0)

  await open(page, '/c/local/r/pods/demo-bank/ledger-0')
  await expect(page.getByRole('heading', { name: /may not see|does not exist|Not allowed/i }).first()).toBeVisible()

  await page.keyboard.press('Control+K')
  await page.getByRole('combobox', { name: 'Find anything' }).fill('ledger')
  await expect(page.getByRole('option', { name: /ledger/ })).toHaveCount(0)
})
