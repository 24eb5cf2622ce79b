import { describe, expect, it } from 'vitest'
import type { Column, Row } from '@/core/live'
import { containersOf } from './containers'
import { podUse } from './podUse'

const columns = ['name', 'cpu', 'memory'].map((id) => ({ id }) as Column)
const row = (cpu: number | null, memory: number | null): Row => ({ uid: 'u', name: 'p', cells: ['p', cpu, memory] })
const container = (name: string, requests: object, limits: object) => ({ name, resources: { requests, limits } })

describe('podUse', () => {
  it('adds up the containers that last, and leaves out those that only prepare', () => {
    const spec = {
      initContainers: [container('wait', { cpu: '4' }, { cpu: '4' })],
      containers: [container('app', { cpu: '100m', memory: '64Mi' }, { cpu: '1', memory: '128Mi' }), container('log', { cpu: '50m' }, { cpu: '500m', memory: '32Mi' })],
    }
    expect(podUse(containersOf(spec), columns, row(12, 1024))).toEqual([
      { id: 'cpu', unit: 'cpu', used: 12, requested: 150, limit: 1500 },
      { id: 'memory', unit: 'bytes', used: 1024, requested: 64 * 2 ** 20, limit: 160 * 2 ** 20 },
    ])
  })

  it('knows no limit where one container has none, and no use where nothing was measured', () => {
    const spec = { containers: [container('app', {}, { cpu: '1' }), container('log', {}, {})] }
    expect(podUse(containersOf(spec), columns, row(null, null))).toMatchObject([{ used: null, requested: null, limit: null }, { used: null, requested: null, limit: null }])
    expect(podUse(containersOf(spec), [], undefined)[0]?.used).toBeNull()
  })
})
