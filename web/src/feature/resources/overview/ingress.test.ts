import { expect, it } from 'vitest'
import { ingressRules } from './ingress'

it('gives one line for each path, the default backend last', () => {
  const object = {
    spec: {
      tls: [{ hosts: ['bank.example'] }],
      defaultBackend: { service: { name: 'fallback', port: { name: 'http' } } },
      rules: [{ host: 'bank.example', http: { paths: [{ path: '/api', pathType: 'Prefix', backend: { service: { name: 'teller', port: { number: 8080 } } } }] } }, { host: 'empty.example' }],
    },
  }
  expect(ingressRules(object)).toEqual([
    { host: 'bank.example', path: '/api', type: 'Prefix', service: 'teller', port: '8080', tls: true },
    { host: '*', path: '*', type: '', service: 'fallback', port: 'http', tls: false },
  ])
})
