import { describe, expect, it } from 'vitest'
import type { KindInfo } from '../types'
import { groupKinds } from './groupKinds'

const kind = (name: string, group: string, more: Partial<KindInfo> = {}): KindInfo => ({
  kind: name, group, resource: `${name.toLowerCase()}s${group ? `.${group}` : ''}`, version: 'v1', plural: `${name.toLowerCase()}s`, namespaced: true, custom: false,
  verbs: ['list'], shortNames: [], categories: [], subresources: [], can: [], actions: [], columns: [], ...more,
})

describe('groupKinds', () => {
  const kinds = [kind('Gadget', 'acme.io', { custom: true }), kind('Deployment', 'apps', { shortNames: ['deploy'] }), kind('Pod', ''), kind('Binding', '', { verbs: ['create'] })]

  it('puts the core group first and custom ones last, without what cannot be listed', () => {
    const groups = groupKinds(kinds, '')
    expect(groups.map((group) => [group.name, group.custom])).toEqual([['', false], ['apps', false], ['acme.io', true]])
    expect(groups[0]?.kinds.map((each) => each.kind)).toEqual(['Pod'])
  })

  it.each([
    ['DEPLOY', ['apps']],
    ['acme', ['acme.io']],
    ['nothing', []],
  ])('finds %s', (text, names) => {
    expect(groupKinds(kinds, text).map((group) => group.name)).toEqual(names)
  })
})
