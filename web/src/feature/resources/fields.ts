/** An object of the API as it came: members of any kind, read with the functions below. */
export type Json = Record<string, unknown>

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The member at a path such as "spec.template.spec.containers" or "spec.rules.0.host". */
export function at(root: unknown, path: string): unknown {
  let value = root
  for (const part of path.split('.')) {
    if (Array.isArray(value)) value = (value as unknown[])[Number(part)]
    else if (isRecord(value)) value = value[part]
    else return undefined
  }
  return value
}

/** The text at a path; a number or a yes/no as text; "" when there is none. */
export function text(root: unknown, path: string): string {
  const value = at(root, path)
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

export function number(root: unknown, path: string): number | null {
  const value = at(root, path)
  return typeof value === 'number' ? value : null
}

export function flag(root: unknown, path: string): boolean {
  return at(root, path) === true
}

/** The objects of an array. */
export function records(root: unknown, path: string): Json[] {
  const value = at(root, path)
  return Array.isArray(value) ? value.filter(isRecord) : []
}

export function record(root: unknown, path: string): Json {
  const value = at(root, path)
  return isRecord(value) ? value : {}
}

/** The texts of an array. */
export function texts(root: unknown, path: string): string[] {
  const value = at(root, path)
  return Array.isArray(value) ? value.map(String) : []
}

/** A map of texts, such as labels; null values are left out. */
export function dictionary(root: unknown, path: string): Record<string, string> {
  const entries = Object.entries(record(root, path)).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]))
}
