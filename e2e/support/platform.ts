import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where a running platform is, and how to act on it from the host. */
export interface Platform {
  /** Address of the console, without a trailing slash. */
  url: string
  /** Data folder of the installation; its admin socket mints sign-in links. */
  dataDir: string
  /** True when this run started it, and so must remove it. */
  ours: boolean
}

export const kubemate = resolve(import.meta.dirname, '../../bin/kubemate')
export const stateFile = resolve(import.meta.dirname, '../results/platform.json')

/** Runs the CLI against the platform of this test run and gives what it prints. */
export function cli(dataDir: string, ...args: string[]): string {
  return execFileSync(kubemate, [...args, '--data-dir', dataDir], { encoding: 'utf8', timeout: 300_000, maxBuffer: 64 << 20 })
}

/** Starts the real node with the demo bank, or takes a running one named by KUBEMATE_E2E_DATA_DIR. */
export default function setup(): void {
  mkdirSync(resolve(import.meta.dirname, '../results'), { recursive: true })
  const given = process.env.KUBEMATE_E2E_DATA_DIR
  const dataDir = given ?? mkdtempSync(join(tmpdir(), 'kubemate-e2e-'))
  if (!given) {
    execFileSync(kubemate, ['up', '--detach', '--data-dir', dataDir], { stdio: 'inherit', timeout: 900_000 })
  }
  const status = JSON.parse(cli(dataDir, 'status', '-o', 'json')) as { address: string }
  const platform: Platform = { url: status.address.replace(/\/$/, ''), dataDir, ours: !given }
  writeFileSync(stateFile, JSON.stringify(platform))
}
