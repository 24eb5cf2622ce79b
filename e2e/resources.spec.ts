import { type Page } from '@playwright/test'
import { call, cli } from './support/platform.js'
import { expect, open, signIn, test } from './support/console.js'

test.beforeEach(async ({ page }) => signIn(page))

const object = (resource: string, name: string, namespace = 'demo-bank') => `/c/local/r/${resource}/${namespace}/${name}`

/** Chooses an action of the object's page, wherever the width put it. */
async function act(page: Page, name: string): Promise<void> {
  const button = page.getByRole('main').getByRole('button', { name, exact: true })
  if (await button.count()) return button.first().click()
  await page.getByRole('main').getByRole('button', { name: /^(More|Actions for)/ }).first().click()
  await page.getByRole('menuitem', { name, exact: true }).click()
}

test('the demo bank runs, on a page that changes by itself', async ({ page }) => {
  await open(page, '/c/local/r/pods?ns=demo-bank')
  await expect(page.getByRole('link', { name: /^teller-/ })).toHaveCount(2)
  cli('scale', 'deployment/teller', '--replicas', '3', '-n', 'demo-bank')
  await expect(page.getByRole('link', { name: /^teller-/ })).toHaveCount(3)
  cli('scale', 'deployment/teller', '--replicas', '2', '-n', 'demo-bank')
  await expect(page.getByRole('link', { name: /^teller-/ })).toHaveCount(2)
})

test('an application is deployed, scaled, broken, understood, rolled back and deleted', async ({ page }) => {
  const name = `shop-${Date.now().toString(36)}`
  const image = cli('get', 'deployment/teller', '-n', 'demo-bank', '-o', 'json').match(/"image":\s*"([^"]+)"/)?.[1] ?? ''
  expect(image).not.toBe('')

  await test.step('deploy from YAML', async () => {
    await open(page, '/c/local/create?ns=default&kind=deployments.apps')
    await create(page, deployment(name, image))
    await expect(page.getByRole('link', { name: new RegExp(name) }).first()).toBeVisible()
  })
  await test.step('watch it start', async () => {
    await open(page, object('deployments.apps', name, 'default'))
    await expect(page.getByText('1 of 1 available').or(page.getByText('Available').first())).toBeVisible()
  })
  await test.step('scale it', async () => {
    await act(page, 'Scale')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Replicas').fill('2')
    await dialog.getByRole('button', { name: 'Scale' }).click()
    await page.getByRole('tab', { name: /Pods/ }).click()
    await expect(page.getByRole('link', { name: new RegExp(`^${name}-`) })).toHaveCount(2)
  })
  await test.step('break it, and see why', async () => {
    await open(page, `${object('deployments.apps', name, 'default')}?tab=yaml`)
    await expect(page.locator('.cm-content')).toContainText('kind: Deployment')
    await write(page, cli('get', `deployment/${name}`, '-n', 'default', '-o', 'yaml').replace(image, 'localhost:5050/kubemate/nowhere:1'))
    await page.getByRole('button', { name: 'Review changes' }).click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.getByText(`${name} was saved`).first()).toBeVisible()
    await page.getByRole('button', { name: 'Why?' }).first().click()
    await expect(page.getByText(/image/i).first()).toBeVisible()
    await expect(page.getByRole('dialog').getByText(/nowhere/).first()).toBeVisible()
    await page.keyboard.press('Escape')
  })
  await test.step('roll it back', async () => {
    await page.getByRole('tab', { name: 'Roll-out' }).click()
    await page.getByRole('button', { name: 'Go back to this' }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'Go back to this' }).click()
    await expect(page.getByText(/goes back to revision/).first()).toBeVisible()
    await expect.poll(() => cli('get', `deployment/${name}`, '-n', 'default', '-o', 'json')).toContain(`"image": "${image}"`)
    await expect(page.getByRole('main').getByText('Available', { exact: true }).first()).toBeVisible()
  })
  await test.step('delete it', async () => {
    await act(page, 'Delete')
    const dialog = page.getByRole('dialog')
    const typed = dialog.getByRole('textbox')
    if (await typed.count()) await typed.fill(name)
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await expect(page.getByText(`${name} was deleted`).first()).toBeVisible()
  })
})

test('logs come as they are written', async ({ page }) => {
  await open(page, `${object('deployments.apps', 'teller')}?tab=logs`)
  const log = page.getByRole('log').or(page.locator('[aria-label^="Log of"]')).first()
  await expect(log).toContainText('service=teller')
})

test('a shell opens in a container and answers', async ({ page }) => {
  const pod = cli('get', 'pods', '-n', 'demo-bank', '-l', 'app.kubernetes.io/name=risk', '-o', 'name').trim().split('\n')[0]?.split('/').pop() ?? ''
  await open(page, `${object('pods', pod)}?tab=shell`)
  const terminal = page.locator('.xterm')
  await expect(terminal).toBeVisible()
  await terminal.click()
  await page.keyboard.type('echo $((6*7))-bank\n')
  await expect(page.locator('.xterm-rows')).toContainText('42-bank')
})

test('an edit that somebody else overtook loses neither', async ({ page }) => {
  const name = `note-${Date.now().toString(36)}`
  const yaml = (mine: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: default\ndata:\n  mine: "${mine}"\n  theirs: "old"\n`
  await open(page, '/c/local/create?ns=default&kind=configmaps')
  await create(page, yaml('old'))
  await expect(page.getByRole('link', { name: new RegExp(name) }).first()).toBeVisible()

  await open(page, `${object('configmaps', name, 'default')}?tab=yaml`)
  await expect(page.locator('.cm-content')).toContainText('theirs')
  await write(page, cli('get', `configmap/${name}`, '-n', 'default', '-o', 'yaml').replace(/mine: "?old"?/, 'mine: new'))
  await call('PATCH', `/api/v1/clusters/local/resources/configmaps/objects/default/${name}`, { type: 'merge', patch: { data: { theirs: 'newer' } } })
  await page.getByRole('button', { name: 'Review changes' }).click()
  const merged = page.getByRole('button', { name: 'Go on with this' })
  const save = page.getByRole('button', { name: 'Save', exact: true })
  await expect(merged.or(save).first()).toBeVisible()
  if (await merged.count()) {
    await merged.click()
    await page.getByRole('button', { name: 'Review changes' }).or(save).first().click()
  }
  if (await save.count()) await save.click()
  await expect.poll(() => cli('get', `configmap/${name}`, '-n', 'default', '-o', 'json')).toMatch(/"mine": "new"/)
  expect(cli('get', `configmap/${name}`, '-n', 'default', '-o', 'json')).toMatch(/"theirs": "newer"/)
})

test('many objects are deleted at once, with a result each', async ({ page }) => {
  const names = [1, 2, 3].map((n) => `bulk-${Date.now().toString(36)}-${n}`)
  await open(page, '/c/local/create?ns=default&kind=configmaps')
  await create(page, names.map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: default\n`).join('---\n'))
  await expect(page.getByRole('link', { name: names[2] ?? '' }).first()).toBeVisible()
  await open(page, '/c/local/r/configmaps?ns=default&q=bulk-')
  await expect(page.getByRole('link', { name: /^bulk-/ })).toHaveCount(3)
  await page.getByRole('checkbox', { name: 'Select all rows on this page' }).check({ force: true })
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(dialog.getByText('Done for all 3.')).toBeVisible()
  await page.screenshot({ path: 'results/pictures/bulk.png' })
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(page.getByRole('link', { name: /^bulk-/ })).toHaveCount(0)
})

test('an application is made from a form, by keyboard alone', async ({ page }) => {
  const name = `form-${Date.now().toString(36)}`
  const image = cli('get', 'deployment/teller', '-n', 'demo-bank', '-o', 'json').match(/"image":\s*"([^"]+)"/)?.[1] ?? ''
  await open(page, '/c/local/create?ns=default')
  await page.getByRole('textbox', { name: 'Name' }).focus()
  await page.keyboard.type(name)
  await page.getByRole('textbox', { name: 'Image' }).focus()
  await page.keyboard.type(image)
  await page.getByRole('button', { name: 'Check', exact: true }).press('Enter')
  await page.getByRole('button', { name: 'Create now' }).press('Enter')
  await expect.poll(() => cli('get', 'deployments', '-n', 'default', '-o', 'name')).toContain(name)
  cli('delete', `deployment/${name}`, '-n', 'default')
})

test('a YAML with mistakes is refused with their places, and nothing is lost', async ({ page }) => {
  await open(page, '/c/local/create?ns=default&kind=configmaps')
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: typo\n  namespace: default\ndatta:\n  a: b\n'
  await write(page, text)
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await expect(page.getByText(/unknown field/).first()).toBeVisible()
  await expect(page.locator('.cm-content')).toContainText('datta')
})

/** Replaces the text of the page's editor. */
async function write(page: Page, text: string): Promise<void> {
  await page.locator('.cm-content').first().click()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(text)
}

/** Makes objects on the page "Create": checked first, then written. */
async function create(page: Page, text: string): Promise<void> {
  await write(page, text)
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByRole('button', { name: 'Create now' }).click()
}

function deployment(name: string, image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 1
  selector:
    matchLabels: {app: ${name}}
  template:
    metadata:
      labels: {app: ${name}}
    spec:
      containers:
      - name: app
        image: ${image}
        command: [sleep, infinity]
        resources:
          requests: {cpu: 10m, memory: 16Mi}
          limits: {cpu: 100m, memory: 64Mi}
`
}
