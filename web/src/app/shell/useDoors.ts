import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { SECTIONS, useSession, type NavEntry } from '@/core/console'
import { features } from '../features'

/** The doors of the navigation that the user may open and that lead somewhere, in order. */
export function useDoors() {
  const session = useSession()
  const router = useRouter()
  const route = useRoute()
  const all = features.flatMap((feature) => feature.nav ?? [])
  const entries = computed<NavEntry[]>(() =>
    all
      .filter((entry) => session.opens(entry.needs ?? entry.section) && router.hasRoute(entry.route))
      .sort((a, b) => SECTIONS.indexOf(a.section) - SECTIONS.indexOf(b.section) || a.order - b.order),
  )
  const groups = computed(() =>
    SECTIONS.map((section) => ({ section, entries: entries.value.filter((entry) => entry.section === section) })).filter((group) => group.entries.length > 0),
  )
  const primary = computed(() => entries.value.filter((entry) => entry.primary).slice(0, 4))

  /** Whether a page's door is open; a page without one is. */
  function isOpen(door: string | undefined): boolean {
    return door === undefined || !all.some((entry) => entry.door === door) || entries.value.some((entry) => entry.door === door)
  }

  /** Whether a door leads to the page that is shown; an object's page lights the door of its kind's list. */
  function isHere(entry: NavEntry): boolean {
    if (route.name === entry.route) return Object.entries(entry.params ?? {}).every(([key, value]) => route.params[key] === value)
    return entry.params?.['resource'] !== undefined && route.params['resource'] === entry.params['resource']
  }

  return { entries, groups, primary, isOpen, isHere }
}
