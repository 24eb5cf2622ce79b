import AxeBuilder from '@axe-core/playwright'
import { expect, open, signIn, test } from './support/console.js'

/** The pages that are looked at as pictures, in results/pictures. */
const PAGES = [
  ['overview', '/c/local'],
  ['workloads', '/c/local/workloads?ns=demo-bank'],
  ['pods', '/c/local/r/pods?ns=demo-bank'],
  ['deployment', '/c/local/r/deployments.apps/demo-bank/teller'],
  ['logs', '/c/local/r/deployments.apps/demo-bank/teller?tab=logs'],
  ['yaml', '/c/local/r/deployments.apps/demo-bank/teller?tab=yaml'],
  ['pod', '/c/local/r/pods/demo-bank/ledger-0'],
  ['rollout', '/c/local/r/deployments.apps/demo-bank/teller?tab=rollout'],
  ['service', '/c/local/r/services/demo-bank/teller'],
  ['services', '/c/local/services?ns=demo-bank'],
  ['config', '/c/local/config'],
  ['secrets', '/c/local/config/secrets'],
  ['storage', '/c/local/storage'],
  ['roles', '/c/local/roles'],
  ['kinds', '/c/local/kinds'],
  ['events', '/c/local/events'],
  ['nodes', '/c/local/r/nodes'],
  ['clusters', '/clusters'],
  ['create', '/c/local/create'],
  ['users', '/users'],
  ['profile', '/profile'],
  ['jobs', '/c/local/jobs'],
] as const

const LOOKS = [
  { name: 'desktop', viewport: { width: 1440, height: 900 }, theme: 'light', locale: 'en' },
  { name: 'phone-dark-zh', viewport: { width: 390, height: 844 }, theme: 'dark', locale: 'zh-CN' },
  { name: 'desktop-dark', viewport: { width: 1440, height: 900 }, theme: 'dark', locale: 'en' },
  { name: 'desktop-zh', viewport: { width: 1440, height: 900 }, theme: 'light', locale: 'zh-CN' },
  { name: 'phone', viewport: { width: 390, height: 844 }, theme: 'light', locale: 'en' },
] as const

/** Pages made of what another page shows too: looked at, not examined again. */
const ALIKE: readonly string[] = ['pods', 'services', 'service', 'config', 'secrets', 'storage', 'roles', 'nodes']

/** The first two looks differ in everything; the others show what is met most often. */
const EVERYTHING: readonly string[] = ['desktop', 'phone-dark-zh']
const OFTEN: readonly string[] = ['overview', 'workloads', 'pod', 'logs', 'yaml', 'create', 'clusters']

for (const look of LOOKS) {
  test.describe(look.name, () => {
    test.use({ viewport: look.viewport, colorScheme: look.theme, locale: look.locale === 'zh-CN' ? 'zh-CN' : 'en-US' })

    test('every page fits, is accessible, and is kept as a picture', async ({ page }) => {
      test.setTimeout(600_000)
      await signIn(page)
      for (const [name, path] of PAGES.filter(([name]) => EVERYTHING.includes(look.name) || OFTEN.includes(name))) {
        await test.step(name, async () => {
          await open(page, path)
          await expect(page.getByRole('main')).toBeVisible()
          await expect(page.locator('.km-skeleton')).toHaveCount(0)
          await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
          if (name === 'logs') await expect(page.locator('.log .line').first()).toBeVisible()
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
          expect(overflow, `${name} is wider than the screen`).toBeLessThanOrEqual(0)
          const cut = await page.locator('.page-header .actions').evaluateAll((bars) => bars.filter((bar) => bar.scrollWidth > bar.clientWidth).length)
          expect.soft(cut, `${name} has actions beyond the edge`).toBe(0)
          await page.screenshot({ path: `results/pictures/${look.name}/${name}.png` })
          if (ALIKE.includes(name)) return
          const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).exclude('.xterm').analyze()
          expect.soft(violations.map((each) => `${name}: ${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([])
        })
      }
    })
  })
}

test('the first page is small, and comes over a slow line', async ({ page, context }) => {
  await signIn(page)
  const client = await context.newCDPSession(page)
  await client.send('Network.enable')
  await client.send('Network.setCacheDisabled', { cacheDisabled: true })
  await client.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 50_000, uploadThroughput: 50_000 })
  let received = 0
  client.on('Network.loadingFinished', (event) => (received += event.encodedDataLength))
  await open(page, '/c/local')
  await expect(page.getByRole('heading', { name: 'What runs here' })).toBeVisible()
  expect(received).toBeLessThanOrEqual(300_000)
})
