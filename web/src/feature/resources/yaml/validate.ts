import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Node, type YAMLMap, type YAMLSeq } from 'yaml'
import type { YamlMark } from '@/core/ui'
import type { JsonSchema } from '../types'
import { memberSchema, resolveSchema, typesOf } from './schema'

/** Says what is wrong; the texts are the caller's. */
export interface MarkTexts {
  unknown: (field: string) => string
  missing: (field: string) => string
  type: (field: string, wanted: string) => string
  choice: (field: string, choices: string) => string
}

const MOST = 50

/** What a scalar is, in the words of JSON schema. */
function scalarType(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'number' || typeof value === 'bigint') return Number.isInteger(Number(value)) ? 'integer' : 'number'
  return typeof value === 'boolean' ? 'boolean' : 'string'
}

class Validator {
  readonly marks: YamlMark[] = []

  constructor(
    private readonly root: JsonSchema,
    private readonly lines: LineCounter,
    private readonly texts: MarkTexts,
  ) {}

  node(node: unknown, schema: JsonSchema, field: string, at: Node | null): void {
    const found = resolveSchema(this.root, schema)
    if (found['x-kubernetes-preserve-unknown-fields'] || isAlias(node)) return
    if (isMap(node)) this.map(node, found, field)
    else if (isSeq(node)) this.seq(node, found, field)
    else if (isScalar(node)) this.scalar(node.value, found, field, node)
    else if (node === null) this.scalar(null, found, field, at)
  }

  private map(node: YAMLMap, schema: JsonSchema, field: string): void {
    if (!this.fits('object', schema, field, node)) return
    const names = new Set<string>()
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : ''
      names.add(name)
      const member = memberSchema(this.root, schema, name)
      if (member) this.node(value, member, name, isScalar(key) ? key : null)
      else if (schema.properties && schema.additionalProperties === undefined) this.mark(key, 'warning', this.texts.unknown(name))
    }
    for (const name of schema.required ?? []) if (!names.has(name)) this.mark(node, 'warning', this.texts.missing(field ? `${field}.${name}` : name))
  }

  private seq(node: YAMLSeq, schema: JsonSchema, field: string): void {
    if (!this.fits('array', schema, field, node) || !schema.items) return
    for (const item of node.items) this.node(item, schema.items, field, null)
  }

  private scalar(value: unknown, schema: JsonSchema, field: string, at: Node | null): void {
    const type = scalarType(value)
    if (type === 'null' || !this.fits(type, schema, field, at)) return
    if (schema.enum && !schema.enum.includes(value)) this.mark(at, 'error', this.texts.choice(field, schema.enum.join(', ')))
  }

  private fits(type: string, schema: JsonSchema, field: string, at: unknown): boolean {
    const wanted = typesOf(schema)
    if (wanted.length === 0 || wanted.includes(type) || (type === 'integer' && wanted.includes('number'))) return true
    this.mark(at, 'error', this.texts.type(field, wanted.join(', ')))
    return false
  }

  private mark(at: unknown, severity: YamlMark['severity'], message: string): void {
    const range = (at as Node | null)?.range
    if (!range || this.marks.length >= MOST) return
    const { line, col } = this.lines.linePos(range[0])
    this.marks.push({ line, column: col, message, severity })
  }
}

/** Holds a text against the schema of its kind; a hint before the server judges it. Several documents: the first only. */
export function validateYaml(text: string, schema: JsonSchema, texts: MarkTexts): YamlMark[] {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines })
  const first = Array.isArray(documents) ? documents[0] : undefined
  if (!first || first.errors.length > 0) return []
  const validator = new Validator(schema, lines, texts)
  validator.node(first.contents, schema, '', null)
  return validator.marks
}
