import { describe, expect, it } from 'vitest'
import { may, rightsOfKind, rightsOfObject } from './rights'

describe('rightsOfObject', () => {
  it('asks the right to read logs for the action "logs"', () => {
    expect(may(rightsOfObject({ actions: ['logs'], can: { log: true } }), 'logs')).toBe(true)
    expect(may(rightsOfObject({ actions: ['logs'], can: { log: false } }), 'logs')).toBe(false)
  })

  it('allows nothing that the state of the object forbids', () => {
    expect(may(rightsOfObject({ actions: [], can: { pause: true } }), 'pause')).toBe(false)
  })
})

describe('rightsOfKind', () => {
  it('derives the actions from the verbs', () => {
    const reader = rightsOfKind({ actions: ['restart', 'logs'], can: ['get', 'list'] })
    expect(may(reader, 'restart')).toBe(false)
    expect(reader.can['delete']).toBe(false)
    expect(may(rightsOfKind({ actions: ['restart'], can: ['patch'] }), 'restart')).toBe(true)
  })

  it('allows nothing before the kind is known', () => {
    expect(may(rightsOfKind(null), 'restart')).toBe(false)
  })
})
