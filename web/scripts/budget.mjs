// Fails when a first page needs more than the budget: everything that the browser loads for it,
// in the compressed form that the server sends, in either language.
import { existsSync, readFileSync, statSync } from 'node:fs'

const LIMIT = 300 * 1000 // bytes over the wire
const dist = new URL('../dist/', import.meta.url).pathname
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, 'utf8'))

/** The pages that people meet first: a page's component, its feature's texts. */
const PAGES = {
  'sign-in': ['src/feature/access/index.ts', 'src/feature/access/pages/SignInPage.vue', 'src/feature/access/i18n/'],
  overview: ['src/feature/clusters/pages/OverviewPage.vue', 'src/feature/clusters/i18n/'],
  workloads: ['src/feature/resources/pages/GroupPage.vue', 'src/feature/resources/i18n/'],
}
const ALWAYS = ['index.html', 'src/core/i18n/', 'src/app/i18n/', 'src/app/shell/HomePage.vue']

/** @param {string} file */
function wire(file) {
  const path = dist + file
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size
}

/**
 * Follows the static imports of an entry.
 * @param {string} key
 * @param {Set<string>} files
 * @param {Set<string>} seen
 */
function collect(key, files, seen) {
  const entry = manifest[key]
  if (!entry || seen.has(key)) return
  seen.add(key)
  for (const file of [entry.file, ...(entry.css ?? [])]) files.add(file)
  for (const next of entry.imports ?? []) collect(next, files, seen)
}

let failed = false
for (const [page, wanted] of Object.entries(PAGES)) {
  const missing = wanted.filter((key) => key.endsWith('.vue') && !manifest[key])
  if (missing.length > 0) {
    failed = true
    console.error(`${page}: ${missing.join(', ')} is not in the build: name the page's component as it is now`)
    continue
  }
  for (const locale of ['en', 'zh-CN']) {
    const files = new Set(['index.html', 'favicon.svg'])
    const seen = new Set()
    for (const key of [...ALWAYS, ...wanted]) collect(key.endsWith('/i18n/') ? `${key}${locale}.json` : key, files, seen)
    const bytes = [...files].reduce((sum, file) => sum + wire(file), 0)
    failed ||= bytes > LIMIT
    console.log(`${page} (${locale}): ${(bytes / 1000).toFixed(1)} kB of ${LIMIT / 1000} kB${bytes > LIMIT ? ': over the budget' : ''}`)
  }
}
process.exitCode = failed ? 1 : 0
