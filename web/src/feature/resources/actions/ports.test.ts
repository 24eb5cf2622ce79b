import { expect, it } from 'vitest'
import { forwardablePorts } from './ports'

it.each([
  ['a Service', { spec: { ports: [{ port: 80, name: 'http' }] } }, [{ port: 80, name: 'http' }]],
  ['a pod', { spec: { containers: [{ ports: [{ containerPort: 8080 }] }, {}] } }, [{ port: 8080, name: '' }]],
  ['a Deployment', { spec: { template: { spec: { containers: [{ ports: [{ containerPort: 5432, name: 'pg' }] }] } } } }, [{ port: 5432, name: 'pg' }]],
  ['anything else', { data: {} }, []],
])('finds the ports of %s', (_what, object, ports) => {
  expect(forwardablePorts(object)).toEqual(ports)
})
