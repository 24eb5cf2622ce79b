import { cli } from './support/platform.js'
import { expect, open, signIn, test } from './support/console.js'

test.beforeEach(async ({ page }) => signIn(page))

test('the overview tells size, use and what runs', async ({ page }) => {
  await open(page, '/c/local')
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
  await expect(page.getByRole('meter', { name: 'Memory' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'What runs here' })).toBeVisible()
})

test('the clusters page names this cluster and its version', async ({ page }) => {
  await open(page, '/clusters')
  await expect(page.getByText('v1.35.4').first()).toBeVisible()
})

test('a node is cordoned and takes pods again', async ({ page }) => {
  await open(page, '/c/local/r/nodes')
  await page.getByRole('main').getByRole('link').first().click()
  await expect(page.getByText('Ready').first()).toBeVisible()
  await choose(page, 'Cordon')
  await page.getByRole('dialog').getByRole('button', { name: 'Cordon' }).click()
  await expect(page.getByText(/SchedulingDisabled|takes no new pods/).first()).toBeVisible()
  await choose(page, 'Uncordon')
  await expect(page.getByText(/takes pods again/).first()).toBeVisible()
})

test('Ctrl-K finds an object as one types', async ({ page }) => {
  await open(page, '/c/local')
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
  await page.keyboard.press('Control+K')
  await page.keyboard.type('settlement')
  const found = page.getByRole('option', { name: /settlement/ }).first()
  await expect(found).toBeVisible()
  await found.click()
  await expect(page).toHaveURL(/settlement/)
})

test.afterEach(() => {
  // What a failed journey left behind must not fail the next ones.
  const nodes = cli('get', 'nodes', '-o', 'name').trim().split('\n').map((line) => line.split('/').pop() ?? '')
  cli('uncordon', ...nodes)
})

test('a node is drained with progress, and its job is kept', async ({ page }) => {
  await open(page, '/c/local/r/nodes')
  await page.getByRole('main').getByRole('link').first().click()
  await page.getByRole('main').getByRole('button', { name: 'Drain', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(dialog.getByText(/pods? would be evicted|would be refused|stand in the way/).first()).toBeVisible()
  await dialog.getByRole('checkbox', { name: /emptyDir/ }).check()
  await dialog.getByRole('checkbox', { name: /without a controller/ }).check()
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(dialog.getByText(/would be evicted/).first()).toBeVisible()
  await page.screenshot({ path: 'results/pictures/drain.png' })
  await dialog.getByRole('button', { name: 'Drain', exact: true }).click()
  await expect(dialog.getByText(/The work goes on/)).toBeVisible()
  // One node: budgets of the bank keep some pods, so the drain waits until it is cancelled.
  await expect(dialog.getByRole('progressbar').or(dialog.getByText(/of \d+/)).first()).toBeVisible()
  await page.screenshot({ path: 'results/pictures/drain-running.png' })
  await dialog.getByRole('button', { name: 'Cancel this job' }).click()
  await page.getByRole('dialog', { name: 'Cancel this job?' }).getByRole('button', { name: 'Cancel this job' }).click()
  await expect(dialog.getByText('Cancelled', { exact: true }).first()).toBeVisible()
  await page.keyboard.press('Escape')
  await open(page, '/c/local/jobs')
  await expect(page.getByRole('grid').getByText('Cancelled', { exact: true }).first()).toBeVisible()
  await open(page, '/c/local/r/nodes')
  await page.getByRole('main').getByRole('link').first().click()
  await choose(page, 'Uncordon')
  await expect(page.getByText(/takes pods again/).first()).toBeVisible()
})

async function choose(page: import('@playwright/test').Page, name: string): Promise<void> {
  const main = page.getByRole('main')
  const button = main.getByRole('button', { name, exact: true })
  if (await button.count()) return button.first().click()
  await main.getByRole('button', { name: /^(More|Actions for)/ }).first().click()
  await page.getByRole('menuitem', { name, exact: true }).click()
}
