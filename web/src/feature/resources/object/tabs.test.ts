import { describe, expect, it } from 'vitest'
import type { ObjectDetail } from '@/core/live'
import { tabsOf } from './tabs'

function detail(resource: string, actions: string[], can: Record<string, boolean>): ObjectDetail {
  return { ref: { cluster: 'local', resource, name: 'x' }, actions, can } as unknown as ObjectDetail
}

const ids = (...args: Parameters<typeof tabsOf>): string[] => tabsOf(...args).map((tab) => tab.id)

describe('tabsOf', () => {
  it('gives every kind its tabs in one order', () => {
    expect(ids(detail('pods', ['logs', 'exec'], { log: true, exec: true }))).toEqual(['overview', 'logs', 'shell', 'events', 'yaml'])
    expect(ids(detail('deployments.apps', ['logs', 'exec', 'rollback'], { log: true, exec: true }))).toEqual(['overview', 'pods', 'logs', 'rollout', 'events', 'yaml'])
    expect(ids(detail('configmaps', [], {}))).toEqual(['overview', 'events', 'yaml'])
  })

  it('offers no logs and no shell without the right', () => {
    expect(ids(detail('pods', ['logs', 'exec'], { log: false, exec: false }))).toEqual(['overview', 'events', 'yaml'])
  })

  it('puts the tabs of other features in their place', () => {
    expect(ids(detail('nodes', [], {}), [{ id: 'capacity', title: 'x', order: 5, place: 'tab' }, { id: 'box', order: 1, place: 'section' }])).toEqual([
      'overview', 'capacity', 'pods', 'events', 'yaml',
    ])
  })
})
