import type { Filter, ObjectDetail } from '@/core/live'
import { dictionary, records, text, texts, type Json } from '../fields'

/** How the pods of an object are found: by node, by owner, or by labels in its namespace. null: it has none. */
export interface PodsQuestion {
  namespaces?: string[]
  filters?: Filter[]
  selector?: string
}

/** A label selector as text; "" selects nothing by itself. */
export function selectorText(selector: Json): string {
  const equal = Object.entries(dictionary(selector, 'matchLabels')).map(([key, value]) => `${key}=${value}`)
  const more = records(selector, 'matchExpressions').map((each) => {
    const key = text(each, 'key')
    const values = texts(each, 'values').join(',')
    if (text(each, 'operator') === 'Exists') return key
    if (text(each, 'operator') === 'DoesNotExist') return `!${key}`
    return `${key} ${text(each, 'operator') === 'In' ? 'in' : 'notin'} (${values})`
  })
  return [...equal, ...more].join(',')
}

export function podsOf(detail: Pick<ObjectDetail, 'ref' | 'object'>): PodsQuestion | null {
  const { ref, object } = detail
  const namespaces = [ref.namespace ?? '']
  if (ref.resource === 'nodes') return { namespaces: [], filters: [{ column: 'node', op: '=', values: [ref.name] }] }
  if (ref.resource === 'services') {
    const selector = selectorText({ matchLabels: (object['spec'] as Json | undefined)?.['selector'] })
    return selector ? { namespaces, selector } : null
  }
  const selector = selectorText(((object['spec'] as Json | undefined)?.['selector'] as Json | undefined) ?? {})
  return selector ? { namespaces, selector } : null
}
