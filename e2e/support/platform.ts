import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where a running platform is, and how to act on it from the host. */
export interface Platform {
  /** Address of the console, with a trailing slash. */
  url: string
  /** Data folder of the installation; its admin socket mints sign-in links. */
  dataDir: string
  /** True when this run started it, and so must remove it. */
  ours: boolean
}

export const kubemate = resolve(import.meta.dirname, '../../bin/kubemate')
const stateFile = resolve(import.meta.dirname, '../results/platform.json')

/** The platform that the journeys run against. */
export function platform(): Platform {
  return JSON.parse(readFileSync(stateFile, 'utf8')) as Platform
}

/** Runs the command line against the platform, over its admin socket, and gives what it prints. */
export function cli(...args: string[]): string {
  const socket = join(platform().dataDir, 'run', 'server.sock')
  return execFileSync(kubemate, [...args, '--socket', socket], { encoding: 'utf8', timeout: 300_000, maxBuffer: 64 << 20 })
}

/** Calls the API over the admin socket, as the owner of the host. */
export function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const socketPath = join(platform().dataDir, 'run', 'server.sock')
  return new Promise((done, fail) => {
    const req = request({ socketPath, method, path, headers: { 'content-type': 'application/json', host: 'localhost' } }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        if ((res.statusCode ?? 500) >= 400) fail(new Error(`${method} ${path}: ${res.statusCode} ${text}`))
        else done((text ? JSON.parse(text) : undefined) as T)
      })
    })
    req.on('error', fail)
    req.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

interface Status {
  ok: boolean
  address: string
}

function status(dataDir: string): Status {
  try {
    return JSON.parse(execFileSync(kubemate, ['status', '--data-dir', dataDir, '-o', 'json'], { encoding: 'utf8' })) as Status
  } catch (failed) {
    // It exits with 1 while something is not well yet, and says so on its output.
    const output = (failed as { stdout?: string }).stdout
    if (!output) throw failed
    return JSON.parse(output) as Status
  }
}

/** Starts the real node with the demo bank, or takes the one that KUBEMATE_E2E_DATA_DIR names; waits until all is well. */
export default async function setup(): Promise<void> {
  mkdirSync(resolve(import.meta.dirname, '../results'), { recursive: true })
  const given = process.env['KUBEMATE_E2E_DATA_DIR']
  const dataDir = given ?? mkdtempSync(join(tmpdir(), 'km-e2e-'))
  if (!given) execFileSync(kubemate, ['up', '--detach', '--data-dir', dataDir], { stdio: 'inherit', timeout: 900_000 })
  writeFileSync(stateFile, JSON.stringify({ url: status(dataDir).address, dataDir, ours: !given } satisfies Platform))
  const limit = Date.now() + 600_000
  while (!status(dataDir).ok) {
    if (Date.now() > limit) throw new Error(`the platform is not well after 10 minutes:\n${JSON.stringify(status(dataDir), null, 2)}`)
    await new Promise((again) => setTimeout(again, 2_000))
  }
}

/** Removes the platform that this run started, and everything that it made on the host. */
export function teardown(): void {
  if (!existsSync(stateFile)) return
  const { ours, dataDir } = platform()
  if (ours) execFileSync(kubemate, ['down', '--delete', '--data-dir', dataDir], { stdio: 'inherit', timeout: 300_000 })
}
