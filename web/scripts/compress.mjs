// Writes the .br and .gz forms beside every file of the build that compresses well.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url).pathname
const TEXT = /\.(js|css|svg|json|html|txt)$/
const SMALL = 512 // bytes; below this compression gains nothing
const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  // index.html is completed by the server for each answer; the placeholder is no part of the console.
  if (!entry.isFile() || !TEXT.test(entry.name) || entry.name === 'index.html' || entry.name === 'placeholder.txt') continue
  const path = join(entry.parentPath, entry.name)
  const body = await readFile(path)
  if (body.length < SMALL) continue
  await writeFile(`${path}.br`, await brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length } }))
  await writeFile(`${path}.gz`, await zip(body, { level: 9 }))
}
