import { record, type Json } from '../fields'

/** The keys of a Secret, whether or not its values are there. */
export function secretKeys(object: Json): string[] {
  return Object.keys(record(object, 'data')).sort()
}

/** A value of a Secret as text; null if it is not UTF-8. */
export function decodeValue(base64: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
