import { computed } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'
import { listOf } from './scope'

const SIZE = 100

/** Sort, page, search text, filters and columns of a list, kept in the address so that the view can be sent on. */
export function useListState(defaults: { sort?: string; desc?: boolean } = {}) {
  const route = useRoute()
  const router = useRouter()

  function set(changes: LocationQueryRaw, keepPage = false): void {
    const query = { ...route.query, ...(keepPage ? {} : { offset: undefined }), ...changes }
    void router.replace({ query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== '')) })
  }
  const one = (name: string): string => listOf(route.query[name])[0] ?? ''
  const number = (name: string, otherwise: number): number => {
    const value = Number.parseInt(one(name), 10)
    return Number.isFinite(value) && value >= 0 ? value : otherwise
  }

  return {
    sort: computed(() => one('sort') || defaults.sort || 'name'),
    desc: computed(() => (one('sort') ? one('desc') === 'true' : (defaults.desc ?? false))),
    q: computed({ get: () => one('q'), set: (q) => set({ q }) }),
    labels: computed({ get: () => one('labels'), set: (labels) => set({ labels }) }),
    offset: computed({ get: () => number('offset', 0), set: (offset) => set({ offset: offset || undefined }, true) }),
    limit: computed({ get: () => number('limit', SIZE), set: (limit) => set({ limit: limit === SIZE ? undefined : limit }) }),
    /** Conditions as in the API: "status=Running,Pending", "restarts>5". */
    filters: computed({ get: () => listOf(route.query['filter']), set: (filter) => set({ filter }) }),
    /** Chosen columns; empty = the kind's own. */
    columns: computed({ get: () => one('cols').split(',').filter(Boolean), set: (cols) => set({ cols: cols.join(',') }, true) }),
    setSort: (sort: string, desc: boolean) => set({ sort, desc: desc ? 'true' : undefined }),
  }
}
