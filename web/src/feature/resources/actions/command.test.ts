import { expect, it } from 'vitest'
import { portForwardCommand, quote } from './command'

it('makes the command of a port-forward', () => {
  const forward = { cluster: 'local', namespace: 'demo-bank', target: 'service/ledger', local: 8080, remote: 8080 }
  expect(portForwardCommand(forward)).toBe('kubemate port-forward --cluster local -n demo-bank service/ledger 8080')
  expect(portForwardCommand({ ...forward, local: 9000 })).toMatch(/ 9000:8080$/)
})

it.each([
  ['plain-word.1', 'plain-word.1'],
  ['two words', "'two words'"],
  ["it's", `'it'\\''s'`],
  ['$(x)', "'$(x)'"],
])('quotes %s', (word, quoted) => {
  expect(quote(word)).toBe(quoted)
})
