const KEY = /^([a-z0-9A-Z]([-a-zA-Z0-9.]*[a-zA-Z0-9])?\/)?[a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/
const VALUE = /^([a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)?$/

/** Reads changes as kubectl label does: "team=payments old-" sets one label and removes another. null if any is wrong. */
export function parseLabelChange(text: string): Record<string, string | null> | null {
  const words = text.trim().split(/[\s,]+/).filter(Boolean)
  if (words.length === 0) return null
  const change: Record<string, string | null> = {}
  for (const word of words) {
    const at = word.indexOf('=')
    const key = at < 0 ? word.replace(/-$/, '') : word.slice(0, at)
    const value = at < 0 ? null : word.slice(at + 1)
    if (!KEY.test(key) || (value !== null && !VALUE.test(value)) || (value === null && !word.endsWith('-'))) return null
    change[key] = value
  }
  return change
}
