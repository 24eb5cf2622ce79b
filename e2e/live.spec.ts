import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cli, kubemate, platform } from './support/platform.js'
import { expect, open, signIn, test } from './support/console.js'

test('a page whose cluster hangs says so, keeps what it knew, and catches up by itself', async ({ page }) => {
  test.setTimeout(300_000)
  await signIn(page)
  await open(page, '/c/local/r/pods?ns=demo-bank')
  await expect(page.getByRole('link', { name: /^teller-/ })).toHaveCount(2)
  const { pid } = JSON.parse(readFileSync(join(platform().dataDir, 'run', 'control-plane.pid'), 'utf8')) as { pid: number }
  process.kill(pid, 'SIGSTOP')
  try {
    await expect(page.getByText('The cluster is out of contact.')).toBeVisible({ timeout: 120_000 })
    await expect(page.getByRole('link', { name: /^teller-/ })).toHaveCount(2)
    await page.screenshot({ path: 'results/pictures/stale.png' })
  } finally {
    process.kill(pid, 'SIGCONT')
  }
  await expect(page.getByText('The cluster is out of contact.')).toHaveCount(0, { timeout: 120_000 })
  cli('scale', 'deployment/teller', '--replicas', '3', '-n', 'demo-bank')
  await expect(page.getByRole('link', { name: /^teller-/ })).toHaveCount(3)
  cli('scale', 'deployment/teller', '--replicas', '2', '-n', 'demo-bank')
  await expect(page.getByRole('link', { name: /^teller-/ })).toHaveCount(2)
})

test.describe('below a path', () => {
  let server: ChildProcess
  let dataDir: string
  const base = 'http://127.0.0.1:18090/tools/kubemate/'

  test.beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'km-path-'))
    const kubeconfig = join(platform().dataDir, 'kubeconfig', 'server.kubeconfig')
    server = spawn(kubemate, ['server', '--data-dir', dataDir, '--listen', '127.0.0.1:18090', '--base-path', '/tools/kubemate', '--kubeconfig', kubeconfig], { stdio: 'ignore' })
    await expect.poll(async () => fetch(`${base}readyz`).then((answer) => answer.status, () => 0), { timeout: 120_000 }).toBe(200)
  })
  test.afterAll(async () => {
    const ended = new Promise((done) => server.once('exit', done))
    server.kill('SIGTERM')
    await ended
    rmSync(dataDir, { recursive: true, force: true })
  })
  // Two servers stand on one host here: this page's requests go to the second.
  test.use({ host: '127.0.0.1:18090' })

  test('the console works, live views included', async ({ page }) => {
    const { url } = await post<{ url: string }>(join(dataDir, 'run', 'server.sock'), '/tools/kubemate/api/v1/users/admin/sign-in-link')
    expect(url.startsWith(base)).toBe(true)
    await page.goto(url)
    await page.getByRole('button', { name: 'Sign in with this link' }).click()
    await page.waitForURL((at) => !at.pathname.includes('/sign-in'))
    await page.goto(`${base}c/local/r/pods?ns=demo-bank`)
    await expect(page.getByRole('link', { name: /^teller-/ })).toHaveCount(2)
    await page.getByRole('link', { name: /^teller-/ }).first().click()
    await expect(page).toHaveURL(/\/tools\/kubemate\/c\/local\/r\/pods\/demo-bank\/teller-/)
    await page.reload()
    await expect(page.getByRole('heading', { name: /teller-/ })).toBeVisible()
  })
})

function post<T>(socketPath: string, path: string): Promise<T> {
  return new Promise((done, fail) => {
    const req = request({ socketPath, method: 'POST', path, headers: { host: 'localhost' } }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        if ((res.statusCode ?? 500) < 400) done(JSON.parse(text) as T)
        else fail(new Error(`${path}: ${res.statusCode} ${text}`))
      })
    })
    req.on('error', fail)
    req.end()
  })
}
