import { ref } from 'vue'
import type { LocationQuery } from 'vue-router'

/** A list as somebody wants to find it again: the address without its cluster. */
export interface SavedView {
  name: string
  path: string
  query: Record<string, string | string[]>
}

const MOST = 50

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null) return false
  const view = value as Partial<SavedView>
  return typeof view.name === 'string' && typeof view.path === 'string' && view.path.startsWith('/') && typeof view.query === 'object' && view.query !== null
}

/** Reads the views of a user; whatever is broken counts as none. */
export function readViews(storage: Pick<Storage, 'getItem'>, key: string): SavedView[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(key) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isView) : []
  } catch {
    return []
  }
}

/** The query of a route without empty values. */
export function plainQuery(query: LocationQuery): SavedView['query'] {
  const entries = Object.entries(query).flatMap<[string, string | string[]]>(([key, value]) => {
    if (Array.isArray(value)) return [[key, value.filter((each) => each !== null)]]
    return value ? [[key, value]] : []
  })
  return Object.fromEntries(entries.filter(([key]) => key !== 'offset'))
}

/** The saved views of a user in this browser. */
export function useSavedViews(user: string, storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage) {
  const key = `kubemate.views.${user}`
  const views = ref(readViews(storage, key))

  function write(next: SavedView[]): void {
    views.value = next.slice(-MOST)
    storage.setItem(key, JSON.stringify(views.value))
  }

  return {
    views,
    save: (view: SavedView) => write([...views.value.filter((each) => each.name !== view.name), view]),
    remove: (name: string) => write(views.value.filter((each) => each.name !== name)),
  }
}
