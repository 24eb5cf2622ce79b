import type { JsonSchema } from '../types'

/** One member that an object may have, for help while writing. */
export interface SchemaField {
  name: string
  /** "string", "integer", "object", "list of object". */
  type: string
  required: boolean
  description: string
  choices: string[]
  /** Whether it has members of its own. */
  deep: boolean
}

/** Follows references and single-entry allOf to the schema that says something. */
export function resolveSchema(root: JsonSchema, schema: JsonSchema | undefined): JsonSchema {
  let found = schema ?? {}
  for (let hops = 0; hops < 16; hops++) {
    const reference = found.$ref ?? (found.allOf?.length === 1 ? found.allOf[0]?.$ref : undefined)
    if (!reference) return found
    const name = reference.slice(reference.lastIndexOf('/') + 1)
    const target = root.$defs?.[name] ?? root.definitions?.[name]
    if (!target) return found
    found = { ...target, description: found.description ?? target.description }
  }
  return found
}

/** The schema of a member or list entry. */
export function memberSchema(root: JsonSchema, schema: JsonSchema, name: string | number): JsonSchema | null {
  const here = resolveSchema(root, schema)
  if (typeof name === 'number') return here.items ? resolveSchema(root, here.items) : null
  const member = here.properties?.[name]
  if (member) return resolveSchema(root, member)
  return typeof here.additionalProperties === 'object' ? resolveSchema(root, here.additionalProperties) : null
}

/** The schema at a path; numbers stand for entries of lists. null where the schema says nothing. */
export function schemaAt(root: JsonSchema, path: readonly (string | number)[]): JsonSchema | null {
  let schema: JsonSchema | null = resolveSchema(root, root)
  for (const step of path) {
    if (!schema) return null
    schema = memberSchema(root, schema, step)
  }
  return schema
}

export function typesOf(schema: JsonSchema): string[] {
  if (schema['x-kubernetes-int-or-string']) return ['integer', 'string']
  const types = Array.isArray(schema.type) ? schema.type : schema.type ? [schema.type] : []
  return types.length === 0 && schema.properties ? ['object'] : types
}

/** The members that may stand at a place, required ones first. Of a list, those of its entries. */
export function fieldsOf(root: JsonSchema, schema: JsonSchema): SchemaField[] {
  let here = resolveSchema(root, schema)
  if (here.items) here = resolveSchema(root, here.items)
  const required = new Set(here.required ?? [])
  const fields = Object.entries(here.properties ?? {}).map(([name, member]): SchemaField => {
    const found = resolveSchema(root, member)
    const entry = found.items ? resolveSchema(root, found.items) : null
    const type = entry ? `list of ${typesOf(entry).join(' or ') || 'any'}` : typesOf(found).join(' or ') || 'any'
    return {
      name,
      type,
      required: required.has(name),
      description: (found.description ?? '').trim(),
      choices: (found.enum ?? []).map(String),
      deep: Boolean(found.properties ?? entry?.properties),
    }
  })
  return fields.sort((a, b) => Number(b.required) - Number(a.required) || a.name.localeCompare(b.name))
}
