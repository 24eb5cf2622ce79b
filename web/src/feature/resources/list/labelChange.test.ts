import { expect, it } from 'vitest'
import { parseLabelChange } from './labelChange'

it.each([
  ['team=payments', { team: 'payments' }],
  ['team=payments old-', { team: 'payments', old: null }],
  ['app.kubernetes.io/name=web, tier=', { 'app.kubernetes.io/name': 'web', tier: '' }],
])('reads %s', (text, change) => {
  expect(parseLabelChange(text)).toEqual(change)
})

it.each(['', '  ', 'team', '=x', 'a=b c', 'a=-b', '/x=y'])('refuses %j', (text) => {
  expect(parseLabelChange(text)).toBeNull()
})
