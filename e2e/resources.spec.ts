import { type Page } from '@playwright/test'
import { cli } from './support/platform.js'
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
    await open(page, '/c/local/create?ns=default&kind=')
    const editor = page.locator('.cm-content')
    await editor.click()
    await page.keyboard.press('Control+A')
    await page.keyboard.insertText(deployment(name, image))
    await page.getByRole('button', { name: /Check/ }).click()
    await page.getByRole('button', { name: /^Create/ }).last().click()
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
    cli('get', `deployment/${name}`, '-n', 'default')
    await open(page, object('deployments.apps', name, 'default'))
    const answer = await page.evaluate(async (at) => {
      const session = (await (await fetch('api/v1/auth/session')).json()) as { csrf: string }
      const body = JSON.stringify({ type: 'strategic', patch: { spec: { template: { spec: { containers: [{ name: 'app', image: 'localhost:5050/kubemate/nowhere:1' }] } } } } })
      return (await fetch(at, { method: 'PATCH', body, headers: { 'Content-Type': 'application/json', 'X-Kubemate-CSRF': session.csrf } })).status
    }, `api/v1/clusters/local/resources/deployments.apps/objects/default/${name}`)
    expect(answer).toBe(200)
    await page.getByRole('button', { name: 'Why?' }).first().click()
    await expect(page.getByText(/image/i).first()).toBeVisible()
    await expect(page.getByRole('dialog').getByText(/nowhere/).first()).toBeVisible()
    await page.keyboard.press('Escape')
  })
  await test.step('roll it back', async () => {
    await page.getByRole('tab', { name: 'Roll-out' }).click()
    await page.getByRole('button', { name: /Undo|Roll back/ }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: /Undo|Roll back/ }).click()
    await expect.poll(() => cli('rollout', 'status', `deployment/${name}`, '-n', 'default')).toMatch(/2/)
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
  await expect(log).toContainText('"service":"teller"')
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

test('an edit that somebody else overtook loses nothing', async ({ page }) => {
  const name = `note-${Date.now().toString(36)}`
  const yaml = (value: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  mine: "${value}"\n  theirs: "old"\n`
  await open(page, '/c/local/create?ns=default&kind=')
  await page.locator('.cm-content').click()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(yaml('first'))
  await page.getByRole('button', { name: /Check/ }).click()
  await page.getByRole('button', { name: /^Create/ }).last().click()
  await expect(page.getByRole('link', { name: new RegExp(name) }).first()).toBeVisible()
  await open(page, `${object('configmaps', name, 'default')}?tab=yaml`)
  await expect(page.locator('.cm-content')).toContainText('first')
  cli('delete', `configmap/${name}`, '-n', 'default', '--yes')
  await expect(page.getByText(`${name} was deleted`)).toBeVisible()
})

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
