import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { emptyApp, simpleAppYaml, wrongFields, type SimpleApp } from './simpleApp'

const app: SimpleApp = { ...emptyApp('bank'), name: 'web', image: 'registry.example.com/web:1', replicas: '3', port: '8080', env: [{ name: 'MODE', value: 'on' }, { name: '', value: '' }] }
const documents = (of: SimpleApp): { kind: string; metadata: { namespace: string }; spec: Record<string, unknown> }[] => parseAllDocuments(simpleAppYaml(of)).map((document) => document.toJS() as never)

describe('simpleAppYaml', () => {
  it('makes a Deployment and a Service that selects its pods', () => {
    const [deployment, service] = documents(app)
    expect(deployment).toMatchObject({ kind: 'Deployment', metadata: { namespace: 'bank' }, spec: { replicas: 3 } })
    expect(deployment?.spec['template']).toMatchObject({
      spec: { containers: [{ name: 'web', image: 'registry.example.com/web:1', ports: [{ containerPort: 8080 }], env: [{ name: 'MODE', value: 'on' }], resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } } }] },
    })
    expect(service).toMatchObject({ kind: 'Service', spec: { selector: { 'app.kubernetes.io/name': 'web' }, ports: [{ port: 8080, targetPort: 'main' }] } })
  })

  it('makes no Service without a port, or without the wish', () => {
    expect(documents({ ...app, port: '' })).toHaveLength(1)
    expect(documents({ ...app, service: false })).toHaveLength(1)
  })

  it('repeats labels instead of pointing at them', () => {
    expect(simpleAppYaml(app)).not.toMatch(/[&*]a\d/)
  })
})

describe('wrongFields', () => {
  it('finds nothing wrong in a good application', () => {
    expect([...wrongFields(app)]).toEqual([])
  })

  it.each([
    ['name', { name: 'Web' }], ['name', { name: '' }], ['image', { image: 'two words' }], ['replicas', { replicas: '-1' }], ['port', { port: '70000' }],
    ['cpuRequest', { cpuRequest: 'lots' }], ['memoryLimit', { memoryLimit: '1XB' }], ['env', { env: [{ name: '1X', value: '' }] }],
  ] as const)('finds a wrong %s', (field, change) => {
    expect([...wrongFields({ ...app, ...(change as Partial<SimpleApp>) })]).toEqual([field])
  })
})
