import { expect, test as base, type Page } from '@playwright/test'
import { call, platform } from './platform.js'

/** The password that the journeys give to a user at the first sign-in; the platform lives only for the run. */
const PASSWORD = 'four quiet harbours at dawn'

/** A page that fails its test for console errors, uncaught errors and requests to other hosts. */
export const test = base.extend<{ watched: void; host: string }>({
  /** The one host that pages may talk to; the platform's when empty. */
  host: ['', { option: true }],
  watched: [
    async ({ page, host }, use) => {
      const wrong: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error' && !expected(message.text())) wrong.push(`console: ${message.text()}`)
      })
      page.on('pageerror', (error) => wrong.push(`error: ${error.message}`))
      page.on('request', (request) => {
        const url = new URL(request.url())
        if (url.protocol.startsWith('http') && url.host !== (host || new URL(platform().url).host)) wrong.push(`request to ${url.host}`)
      })
      await use()
      expect(wrong).toEqual([])
    },
    { auto: true },
  ],
})

/** The browser itself logs every answer of 400 and more; journeys that provoke them look at the page instead. */
function expected(text: string): boolean {
  return text.startsWith('Failed to load resource')
}

/** Opens a page of the console by its path. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(new URL(path.replace(/^\//, ''), platform().url).toString())
}

/** Signs a user in by a one-time link made on the host; sets the password when it is owed. */
export async function signIn(page: Page, user = 'admin'): Promise<void> {
  const { url } = await call<{ url: string }>('POST', `/api/v1/users/${user}/sign-in-link`)
  await page.goto(url)
  await page.getByRole('button', { name: /Sign in with this link|使用.*链接/ }).click()
  await page.waitForURL((at) => !at.pathname.includes('/sign-in'))
  if (page.url().includes('/set-password')) await setPassword(page)
  await expect(page.getByRole('navigation').first()).toBeVisible()
}

async function setPassword(page: Page): Promise<void> {
  const fields = page.locator('input[type=password]')
  await fields.nth(0).fill(PASSWORD)
  await fields.nth(1).fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await page.waitForURL((at) => !at.pathname.includes('/set-password'))
}

export { expect, PASSWORD }
