import { describe, expect, it } from 'vitest'
import type { Column, Row } from '@/core/live'
import { nodeFacts } from './nodeFacts'
import { nodeMeters } from './nodeMeters'

describe('nodeFacts', () => {
  it('reads what the node says about itself', () => {
    const facts = nodeFacts({
      metadata: { annotations: { 'kwok.x-k8s.io/node': 'fake' }, labels: { 'topology.kubernetes.io/zone': 'z1' } },
      spec: { podCIDR: '10.0.0.0/24', taints: [{ key: 'gpu', value: 'a100', effect: 'NoSchedule' }] },
      status: {
        nodeInfo: { osImage: 'Debian', kubeletVersion: 'v1' },
        addresses: [{ type: 'InternalIP', address: '10.1.1.1' }],
        images: [{ names: ['small@sha256:1'], sizeBytes: 1 }, { names: ['big@sha256:2', 'big:1'], sizeBytes: 9 }],
      },
    })
    expect(facts).toMatchObject({ simulated: true, os: 'Debian', zone: 'z1', kernel: '', podRange: '10.0.0.0/24', taints: [{ key: 'gpu', value: 'a100', effect: 'NoSchedule' }] })
    expect(facts.images).toEqual([{ name: 'big:1', bytes: 9 }, { name: 'small@sha256:1', bytes: 1 }])
  })

  it('takes an object without any of it', () => {
    expect(nodeFacts({})).toMatchObject({ simulated: false, os: '', taints: [], images: [], addresses: [] })
  })
})

describe('nodeMeters', () => {
  const columns = ['cpu', 'cpuAllocatable', 'pods', 'podsAllocatable'].map((id): Column => ({ id, type: 'number', title: id, sortable: true, filterable: true, facet: false, wide: false }))
  const row = (...cells: Row['cells']): Row => ({ uid: 'a', name: 'a', cells })

  it('makes a meter for each capacity that is known', () => {
    expect(nodeMeters(columns, row(250, 2000, 12, 110))).toEqual([
      { id: 'cpu', unit: 'cpu', used: 250, requested: null, limit: 2000 },
      { id: 'pods', unit: 'count', used: 12, requested: null, limit: 110 },
    ])
  })

  it('tells nothing measured from zero', () => {
    expect(nodeMeters(columns, row(null, 2000, 0, 110)).map((meter) => meter.used)).toEqual([null, 0])
    expect(nodeMeters(columns, undefined)).toEqual([])
  })
})
