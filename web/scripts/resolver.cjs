// Tells eslint-plugin-boundaries where "@/…" and relative imports lead.
const fs = require('node:fs')
const path = require('node:path')

const root = path.resolve(__dirname, '../src')
const ENDINGS = ['', '.ts', '.vue', '.d.ts', '/index.ts']

exports.interfaceVersion = 2
exports.resolve = (source, file) => {
  if (!source.startsWith('.') && !source.startsWith('@/')) return { found: false }
  const base = source.startsWith('@/') ? path.join(root, source.slice(2)) : path.resolve(path.dirname(file), source)
  const found = ENDINGS.map((ending) => base + ending).find((each) => fs.existsSync(each) && fs.statSync(each).isFile())
  return found ? { found: true, path: found } : { found: false }
}
