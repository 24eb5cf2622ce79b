import { describe, expect, it } from 'vitest'
import { cellLink } from './cellLinks'

const row = { uid: 'u', namespace: 'bank', name: 'x', cells: [] }

describe('cellLink', () => {
  it.each([
    ['node', 'n1', { cluster: 'local', resource: 'nodes', name: 'n1' }],
    ['object', 'Pod/ledger-0', { cluster: 'local', resource: 'pods', namespace: 'bank', name: 'ledger-0' }],
    ['object', 'Node/n1', { cluster: 'local', resource: 'nodes', namespace: undefined, name: 'n1' }],
    ['claim', 'bank/data', { cluster: 'local', resource: 'persistentvolumeclaims', namespace: 'bank', name: 'data' }],
    ['serviceAccount', 'teller', { cluster: 'local', resource: 'serviceaccounts', namespace: 'bank', name: 'teller' }],
  ])('%s %s', (column, value, ref) => {
    expect(cellLink('local', column, row, value, [])).toEqual(ref)
  })

  it.each([
    ['status', 'Running'],
    ['object', 'Unknown/x'],
    ['claim', 'data'],
    ['node', null],
  ])('nothing for %s %s', (column, value) => {
    expect(cellLink('local', column, row, value, [])).toBeNull()
  })

  it('asks the kinds of the cluster for kinds of its own', () => {
    const kinds = [{ resource: 'certificates.cert.io', kind: 'Certificate', group: 'cert.io' }]
    expect(cellLink('local', 'object', row, 'Certificate/tls', kinds)?.resource).toBe('certificates.cert.io')
  })
})
