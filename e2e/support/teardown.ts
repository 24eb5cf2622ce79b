import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { kubemate, stateFile, type Platform } from './platform.js'

/** Removes the platform that this run started, and everything that it made on the host. */
export default function teardown(): void {
  if (!existsSync(stateFile)) return
  const platform = JSON.parse(readFileSync(stateFile, 'utf8')) as Platform
  if (!platform.ours) return
  execFileSync(kubemate, ['down', '--delete', '--data-dir', platform.dataDir], { stdio: 'inherit', timeout: 300_000 })
  rmSync(stateFile)
}
