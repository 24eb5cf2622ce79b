import type { ObjectDetail } from '@/core/live'
import type { IconName } from '@/core/ui'
import { may, rightsOfObject } from '../actions/rights'
import { WITH_PODS, WITH_ROLLOUT } from '../kinds'

export interface ObjectTab {
  id: string
  /** i18n key. */
  title: string
  icon?: IconName
  order: number
}

const TABS: (ObjectTab & { offered: (detail: ObjectDetail) => boolean })[] = [
  { id: 'overview', title: 'resources.tab.overview', order: 0, offered: () => true },
  { id: 'pods', title: 'resources.tab.pods', order: 10, offered: (detail) => WITH_PODS.has(detail.ref.resource) },
  { id: 'logs', title: 'resources.tab.logs', order: 20, offered: (detail) => may(rightsOfObject(detail), 'logs') },
  { id: 'shell', title: 'resources.tab.shell', order: 30, offered: (detail) => detail.ref.resource === 'pods' && may(rightsOfObject(detail), 'exec') },
  { id: 'rollout', title: 'resources.tab.rollout', order: 40, offered: (detail) => WITH_ROLLOUT.has(detail.ref.resource) },
  { id: 'events', title: 'resources.tab.events', order: 50, offered: (detail) => detail.ref.resource !== 'events' },
  { id: 'yaml', title: 'resources.tab.yaml', order: 90, offered: () => true },
]

/** The tabs of an object in the one order that they have everywhere, with those of other features among them. */
export function tabsOf(detail: ObjectDetail, others: readonly { id: string; title?: string; order: number; place: string }[] = []): ObjectTab[] {
  const added = others.filter((each) => each.place === 'tab').map((each) => ({ id: each.id, title: each.title ?? each.id, order: each.order }))
  return [...TABS.filter((tab) => tab.offered(detail)), ...added].sort((a, b) => a.order - b.order)
}
