import { stringify } from 'yaml'
import { parseQuantity } from '../overview/quantities'

/** What the form for a simple application asks for; all as typed. */
export interface SimpleApp {
  name: string
  namespace: string
  image: string
  replicas: string
  /** Empty: no port, and so no Service. */
  port: string
  service: boolean
  cpuRequest: string
  memoryRequest: string
  cpuLimit: string
  memoryLimit: string
  env: { name: string; value: string }[]
}

export type AppField = 'name' | 'namespace' | 'image' | 'replicas' | 'port' | 'cpuRequest' | 'memoryRequest' | 'cpuLimit' | 'memoryLimit' | 'env'

const NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/
const IMAGE = /^[\w][\w.\-/:@]{0,500}$/
const ENV = /^[A-Za-z_][A-Za-z0-9_.-]*$/

export function emptyApp(namespace: string): SimpleApp {
  return { name: '', namespace, image: '', replicas: '1', port: '', service: true, cpuRequest: '100m', memoryRequest: '128Mi', cpuLimit: '', memoryLimit: '256Mi', env: [] }
}

function quantityWrong(text: string): boolean {
  const value = parseQuantity(text)
  return text !== '' && (value === null || value <= 0)
}

/** The fields that are wrong. */
export function wrongFields(app: SimpleApp): Set<AppField> {
  const port = Number(app.port)
  const wrong: [AppField, boolean][] = [
    ['name', !NAME.test(app.name)],
    ['namespace', !NAME.test(app.namespace)],
    ['image', !IMAGE.test(app.image)],
    ['replicas', !/^\d{1,4}$/.test(app.replicas)],
    ['port', app.port !== '' && !(Number.isInteger(port) && port >= 1 && port <= 65535)],
    ['cpuRequest', quantityWrong(app.cpuRequest)],
    ['memoryRequest', quantityWrong(app.memoryRequest)],
    ['cpuLimit', quantityWrong(app.cpuLimit)],
    ['memoryLimit', quantityWrong(app.memoryLimit)],
    ['env', app.env.some(({ name, value }) => (name === '' ? value !== '' : !ENV.test(name)))],
  ]
  return new Set(wrong.flatMap(([field, isWrong]) => (isWrong ? [field] : [])))
}

/** A map without empty values; undefined when nothing is left. */
function given(values: Record<string, string>): Record<string, string> | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== '')
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

function deployment(app: SimpleApp): object {
  const labels = { 'app.kubernetes.io/name': app.name }
  const env = app.env.filter((each) => each.name !== '')
  const requests = given({ cpu: app.cpuRequest, memory: app.memoryRequest })
  const limits = given({ cpu: app.cpuLimit, memory: app.memoryLimit })
  const container = {
    name: app.name,
    image: app.image,
    ...(app.port ? { ports: [{ name: 'main', containerPort: Number(app.port) }] } : {}),
    ...(env.length > 0 ? { env } : {}),
    ...(requests || limits ? { resources: { ...(requests && { requests }), ...(limits && { limits }) } } : {}),
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app.name, namespace: app.namespace, labels },
    spec: { replicas: Number(app.replicas), selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
  }
}

function service(app: SimpleApp): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: app.name, namespace: app.namespace },
    spec: { selector: { 'app.kubernetes.io/name': app.name }, ports: [{ name: 'main', port: Number(app.port), targetPort: 'main' }] },
  }
}

/** The Deployment, and the Service if one is wanted, as YAML. */
export function simpleAppYaml(app: SimpleApp): string {
  const documents = [deployment(app), ...(app.port && app.service ? [service(app)] : [])]
  return documents.map((document) => stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n')
}
