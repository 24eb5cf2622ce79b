import { describe, expect, it } from 'vitest'
import { podsOf, selectorText } from './podsOf'

const object = (resource: string, spec: Record<string, unknown>) => ({ ref: { cluster: 'local', resource, namespace: 'bank', name: 'x' }, object: { spec } })

describe('podsOf', () => {
  it('asks for the pods of a node in every namespace', () => {
    expect(podsOf({ ...object('nodes', {}), ref: { cluster: 'local', resource: 'nodes', name: 'n1' } })).toEqual({ namespaces: [], filters: [{ column: 'node', op: '=', values: ['n1'] }] })
  })

  it('asks by the labels that a Service selects', () => {
    expect(podsOf(object('services', { selector: { app: 'web' } }))).toEqual({ namespaces: ['bank'], selector: 'app=web' })
  })

  it('finds no pods of a Service without a selector', () => {
    expect(podsOf(object('services', {}))).toBeNull()
  })

  it('asks by the selector of a workload', () => {
    expect(podsOf(object('deployments.apps', { selector: { matchLabels: { app: 'web' } } }))?.selector).toBe('app=web')
  })
})

it('selectorText writes every operator', () => {
  const matchExpressions = [
    { key: 'a', operator: 'In', values: ['1', '2'] },
    { key: 'b', operator: 'NotIn', values: ['3'] },
    { key: 'c', operator: 'Exists' },
    { key: 'd', operator: 'DoesNotExist' },
  ]
  expect(selectorText({ matchLabels: { z: 'y' }, matchExpressions })).toBe('z=y,a in (1,2),b notin (3),c,!d')
})
