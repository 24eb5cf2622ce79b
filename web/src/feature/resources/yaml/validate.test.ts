import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../types'
import { fieldsOf, schemaAt } from './schema'
import { validateYaml } from './validate'

const schema: JsonSchema = {
  type: 'object',
  properties: {
    kind: { type: 'string' },
    spec: { allOf: [{ $ref: '#/$defs/Spec' }], description: 'What is wanted.' },
  },
  $defs: {
    Spec: {
      type: 'object',
      required: ['replicas'],
      properties: {
        replicas: { type: 'integer' },
        policy: { type: 'string', enum: ['Always', 'Never'] },
        port: { 'x-kubernetes-int-or-string': true },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        items: { type: 'array', items: { $ref: '#/$defs/Item' } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    Item: { type: 'object', properties: { name: { type: 'string' } } },
  },
}
const texts = {
  unknown: (field: string) => `unknown ${field}`,
  missing: (field: string) => `missing ${field}`,
  type: (field: string, wanted: string) => `${field} wants ${wanted}`,
  choice: (field: string, choices: string) => `${field} one of ${choices}`,
}
const marks = (text: string) => validateYaml(text, schema, texts).map((mark) => `${mark.line}:${mark.column} ${mark.message}`)

describe('validateYaml', () => {
  it('finds nothing wrong in what is right', () => {
    expect(marks('kind: X\nspec:\n  replicas: 1\n  policy: Always\n  port: http\n  labels: { a: b }\n  items:\n  - name: x\n  free: { any: [1] }\n')).toEqual([])
  })

  it('marks each mistake at its line', () => {
    expect(marks('kind: X\nspec:\n  replica: 1\n  policy: Often\n  items:\n  - nam: x\n')).toEqual([
      '3:3 unknown replica',
      '4:11 policy one of Always, Never',
      '6:5 unknown nam',
      '3:3 missing spec.replicas',
    ])
    expect(marks('spec:\n  replicas: many\n')).toEqual(['2:13 replicas wants integer'])
  })

  it('leaves broken YAML to the editor', () => {
    expect(marks('a: [')).toEqual([])
  })
})

describe('schema', () => {
  it('finds the fields at a place, required ones first', () => {
    const spec = schemaAt(schema, ['spec'])!
    const fields = fieldsOf(schema, spec)
    expect(fields[0]).toMatchObject({ name: 'replicas', required: true, type: 'integer' })
    expect(fields.find((field) => field.name === 'items')).toMatchObject({ type: 'list of object', deep: true })
    expect(fields.find((field) => field.name === 'policy')?.choices).toEqual(['Always', 'Never'])
    expect(schemaAt(schema, ['spec', 'items', 0, 'name'])?.type).toBe('string')
    expect(schemaAt(schema, ['spec', 'nothing'])).toBeNull()
    expect(spec.description).toBe('What is wanted.')
  })
})
