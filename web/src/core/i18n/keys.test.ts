import { describe, expect, it } from 'vitest'

interface Tree {
  [key: string]: string | Tree
}

const texts = import.meta.glob<{ default: Tree }>(['/src/core/i18n/*.json', '/src/app/i18n/*.json', '/src/feature/*/i18n/*.json'], { eager: true })
const sources = import.meta.glob<string>(['/src/**/*.{ts,vue}', '!/src/**/*.test.ts', '!/src/testing/**', '!/src/core/api/schema.d.ts'], { eager: true, query: '?raw', import: 'default' })
const code = Object.values(sources).join('\n')

function namespaceOf(path: string): string {
  if (path.startsWith('/src/core/')) return 'ui'
  return path.startsWith('/src/app/') ? 'app' : (path.split('/')[3] ?? '')
}

function flatten(tree: Tree, prefix: string): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[`${prefix}.${key}`, value] as [string, string]] : flatten(value, `${prefix}.${key}`)))
}

function keysOf(locale: string): Map<string, string> {
  const files = Object.entries(texts).filter(([path]) => path.endsWith(`/${locale}.json`))
  return new Map(files.flatMap(([path, module]) => flatten(module.default, namespaceOf(path))))
}

/** Beginnings of keys that are completed at run time: t(`access.state.${x}`). */
function dynamicPrefixes(): string[] {
  return [...code.matchAll(/`([a-z][A-Za-z]*\.[A-Za-z0-9.]*)\$\{/g)].map((match) => match[1] ?? '')
}

const placeholders = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].sort()
const en = keysOf('en')
const zh = keysOf('zh-CN')

describe('texts', () => {
  it('are there in both languages', () => {
    expect([...en.keys()].filter((key) => !zh.has(key)), 'missing in zh-CN').toEqual([])
    expect([...zh.keys()].filter((key) => !en.has(key)), 'missing in en').toEqual([])
  })

  it('are not empty and have the same placeholders in both languages', () => {
    const wrong = [...en].filter(([key, text]) => text.trim() === '' || zh.get(key)?.trim() === '' || placeholders(text).join() !== placeholders(zh.get(key) ?? '').join())
    expect(wrong.map(([key]) => key)).toEqual([])
  })

  it('exist for every key in the code', () => {
    const used = [...code.matchAll(/\bt\(\s*'([^']+)'/g), ...code.matchAll(/title: '((?:app|ui|[a-z]+)\.[A-Za-z0-9.]+)'/g)].map((match) => match[1] ?? '')
    expect(used.length).toBeGreaterThan(50)
    expect([...new Set(used)].filter((key) => !en.has(key))).toEqual([])
  })

  it('are all used', () => {
    const prefixes = dynamicPrefixes()
    const unused = [...en.keys()].filter((key) => !code.includes(`'${key}'`) && !code.includes(`"${key}"`) && !prefixes.some((prefix) => key.startsWith(prefix)))
    expect(unused).toEqual([])
  })

  it('are written in Chinese where they are Chinese', () => {
    const same = [...zh].filter(([key, text]) => text === en.get(key) && /[a-z]{4,}/.test(text.replace(/\{\w+\}/g, '')))
    expect(same.map(([key]) => key)).toEqual([])
  })
})
