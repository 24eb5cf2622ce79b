import { describe, expect, it } from 'vitest'
import { claimTemplates, replicaFigures, strategyOf } from './workload'

describe('replicaFigures', () => {
  it.each([
    ['Deployment', { spec: { replicas: 3 }, status: { updatedReplicas: 2, readyReplicas: 2, availableReplicas: 1 } }, { desired: 3, updated: 2, ready: 2, available: 1 }],
    ['Deployment', { spec: {}, status: {} }, { desired: 1, updated: 0, ready: 0, available: 0 }],
    ['DaemonSet', { status: { desiredNumberScheduled: 4, updatedNumberScheduled: 4, numberReady: 3, numberAvailable: 3 } }, { desired: 4, updated: 4, ready: 3, available: 3 }],
    ['ReplicaSet', { spec: { replicas: 0 }, status: { replicas: 0 } }, { desired: 0, updated: 0, ready: 0, available: 0 }],
  ])('of a %s', (kind, object, figures) => {
    expect(replicaFigures({ kind, ...object })).toEqual(figures)
  })
})

describe('strategyOf', () => {
  it('reads the strategy of a Deployment and of a StatefulSet', () => {
    expect(strategyOf({ spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } } } })).toEqual({ type: 'RollingUpdate', maxSurge: '25%', maxUnavailable: '0', partition: '' })
    expect(strategyOf({ spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } } })?.partition).toBe('2')
    expect(strategyOf({ spec: {} })).toBeNull()
  })
})

it('claimTemplates names what each replica gets', () => {
  expect(claimTemplates({ spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'local', resources: { requests: { storage: '1Gi' } } } }] } })).toEqual([{ name: 'data', size: '1Gi', storageClass: 'local' }])
})
