import { describe, expect, it } from 'vitest'
import type { Job, JobItem } from '../queries'
import { countPhases, runningDrain, sortedItems, visibleJobs } from './jobs'
import { readSaid } from './useJobWords'

const item = (name: string, phase: JobItem['phase']): JobItem => ({ ref: { cluster: 'local', resource: 'pods', namespace: 'shop', name }, phase })
const job = (id: string, changes: Partial<Job> = {}): Job => ({
  id, type: 'drain', cluster: 'local', ref: { cluster: 'local', resource: 'nodes', name: 'n1' }, phase: 'succeeded', progress: { done: 0, total: 0 },
  stages: [], items: [], created: '2026-01-01T00:00:00Z', user: 'li.na', dryRun: false, ...changes,
})

describe('items of a job', () => {
  const items = [item('p10', 'succeeded'), item('p2', 'succeeded'), item('b', 'blocked'), item('a', 'running'), item('f', 'failed')]

  it('stand by what needs attention, then by name as people count', () => {
    expect(sortedItems(items).map((each) => each.ref.name)).toEqual(['f', 'b', 'a', 'p2', 'p10'])
  })

  it('are counted by phase', () => {
    expect(countPhases(items)).toEqual([{ phase: 'failed', count: 1 }, { phase: 'blocked', count: 1 }, { phase: 'running', count: 1 }, { phase: 'succeeded', count: 2 }])
  })
})

describe('jobs', () => {
  it('finds the drain that works on a node, and no preview, other node or finished one', () => {
    const wanted = job('now', { phase: 'running' })
    const others = [job('try', { phase: 'running', dryRun: true }), job('old'), job('far', { phase: 'running', cluster: 'edge' })]
    expect(runningDrain([...others, wanted], 'local', 'n1')).toBe(wanted)
    expect(runningDrain(others, 'local', 'n1')).toBeNull()
  })

  it('are listed newest first, previews only when asked for', () => {
    const all = [job('a'), job('b', { created: '2026-01-02T00:00:00Z' }), job('try', { dryRun: true })]
    expect(visibleJobs(all, '', false).map((each) => each.id)).toEqual(['b', 'a'])
    expect(visibleJobs(all, '', true)).toHaveLength(3)
    expect(visibleJobs(all, ' LI.NA', false)).toHaveLength(2)
    expect(visibleJobs(all, 'n2', true)).toEqual([])
  })
})

describe('readSaid', () => {
  it.each([
    ['blocked by PodDisruptionBudget teller: needs 2 healthy pods, has 1', 'blocked', { budget: 'teller', needs: '2', has: '1' }],
    ['would be blocked by PodDisruptionBudget teller: needs 2 healthy pods, has 1', 'wouldBlock', { budget: 'teller', needs: '2', has: '1' }],
    ['belongs to the DaemonSet proxy, which would put it back', 'daemonSet', { owner: 'proxy' }],
    ['belongs to the DaemonSet proxy, which would put it back at once', 'daemonSetStop', { owner: 'proxy' }],
    ['7 pods to evict', 'toEvict', { n: '7' }],
    ['ending; waits for the finalizers a.b/c, d.e/f', 'finalizers', { finalizers: 'a.b/c, d.e/f' }],
  ])('reads %s', (message, key, parts) => {
    expect(readSaid(message)).toEqual({ key, parts })
  })

  it('leaves what it does not know', () => {
    expect(readSaid('the moon is full')).toBeNull()
  })
})
