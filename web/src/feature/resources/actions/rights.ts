import type { ObjectDetail } from '@/core/live'
import type { KindInfo } from '../types'

/** What can be done (`actions`), and what of it the user may (`can`). */
export interface Rights {
  actions: readonly string[]
  can: Readonly<Record<string, boolean>>
}

/** The right that an action needs, where it is not the action's own name. */
const RIGHT: Record<string, string> = { logs: 'log' }

/** What a user may do with objects of a kind somewhere; the server judges each object. */
export function rightsOfKind(kind: Pick<KindInfo, 'actions' | 'can'> | null): Rights {
  if (!kind) return { actions: [], can: {} }
  const verbs = new Set(kind.can ?? [])
  const patch = verbs.has('patch') || verbs.has('update')
  const can: Record<string, boolean> = { get: verbs.has('get'), update: verbs.has('update'), patch, delete: verbs.has('delete'), logs: true, exec: true, portforward: true, trigger: true }
  for (const action of ['scale', 'restart', 'rollback', 'pause', 'resume', 'cordon', 'uncordon', 'drain']) can[action] = patch
  return { actions: kind.actions ?? [], can }
}

/** What a user may do with one object. */
export function rightsOfObject(detail: Pick<ObjectDetail, 'actions' | 'can'>): Rights {
  const can: Record<string, boolean> = { ...detail.can }
  for (const [action, right] of Object.entries(RIGHT)) can[action] = detail.can[right] ?? false
  return { actions: detail.actions ?? [], can }
}

/** Whether an action is possible and allowed. */
export function may({ actions, can }: Rights, action: string): boolean {
  return actions.includes(action) && can[action] === true
}
