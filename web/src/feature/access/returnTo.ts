import { listOf } from '@/core/console'
import type { LocationQuery } from 'vue-router'

/** Where to go after sign-in: only a path of this console, never another site's. */
export function returnTo(query: LocationQuery): string {
  const to = listOf(query['to'])[0] ?? '/'
  const isPath = to.startsWith('/') && !to.startsWith('//') && !to.includes('\\')
  return isPath && !to.startsWith('/sign-in') ? to : '/'
}
