/** A text to begin with. `kind` stays as it is in every language. */
export interface Template {
  resource: string
  kind: string
  namespaced: boolean
  body: string
}

const DEPLOYMENT = `spec:
  replicas: 2
  selector:
    matchLabels:
      app: my-app
  template:
    metadata:
      labels:
        app: my-app
    spec:
      containers:
      - name: app
        image: registry.example.com/my-app:1.0.0
        ports:
        - name: http
          containerPort: 8080
        readinessProbe:
          httpGet:
            path: /healthz
            port: http
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
          limits:
            memory: 256Mi
`
const SERVICE = `spec:
  selector:
    app: my-app
  ports:
  - name: http
    port: 80
    targetPort: http
`
const CONFIG_MAP = `data:
  app.properties: |
    greeting=hello
`
const CRON_JOB = `spec:
  schedule: "0 3 * * *"
  timeZone: Etc/UTC
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 2
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: job
            image: registry.example.com/my-job:1.0.0
            resources:
              requests:
                cpu: 100m
                memory: 128Mi
`
const CLAIM = `spec:
  accessModes:
  - ReadWriteOnce
  resources:
    requests:
      storage: 1Gi
`
const INGRESS = `spec:
  rules:
  - host: my-app.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: my-app
            port:
              name: http
`
const SECRET = `type: Opaque
stringData:
  password: change-me
`
const QUOTA = `spec:
  hard:
    requests.cpu: "4"
    requests.memory: 8Gi
    limits.memory: 16Gi
    pods: "50"
`

interface Spec extends Omit<Template, 'body'> {
  apiVersion: string
  name: string
  rest: string
}

const SPECS: readonly Spec[] = [
  { resource: 'deployments.apps', apiVersion: 'apps/v1', kind: 'Deployment', namespaced: true, name: 'my-app', rest: DEPLOYMENT },
  { resource: 'services', apiVersion: 'v1', kind: 'Service', namespaced: true, name: 'my-app', rest: SERVICE },
  { resource: 'ingresses.networking.k8s.io', apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespaced: true, name: 'my-app', rest: INGRESS },
  { resource: 'configmaps', apiVersion: 'v1', kind: 'ConfigMap', namespaced: true, name: 'my-config', rest: CONFIG_MAP },
  { resource: 'secrets', apiVersion: 'v1', kind: 'Secret', namespaced: true, name: 'my-secret', rest: SECRET },
  { resource: 'cronjobs.batch', apiVersion: 'batch/v1', kind: 'CronJob', namespaced: true, name: 'my-job', rest: CRON_JOB },
  { resource: 'persistentvolumeclaims', apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespaced: true, name: 'my-data', rest: CLAIM },
  { resource: 'resourcequotas', apiVersion: 'v1', kind: 'ResourceQuota', namespaced: true, name: 'quota', rest: QUOTA },
  { resource: 'namespaces', apiVersion: 'v1', kind: 'Namespace', namespaced: false, name: 'my-team', rest: '' },
]

export const TEMPLATES: readonly Omit<Template, 'body'>[] = SPECS

function head(apiVersion: string, kind: string, name: string, namespace: string): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n${namespace ? `  namespace: ${namespace}\n` : ''}`
}

/** A text to begin an object of a kind with; for kinds without a template, its head. */
export function templateOf(resource: string, namespace: string, kind?: { kind: string; group: string; version: string; namespaced: boolean } | null): string {
  const spec = SPECS.find((each) => each.resource === resource)
  if (spec) return head(spec.apiVersion, spec.kind, spec.name, spec.namespaced ? namespace : '') + spec.rest
  if (!kind) return ''
  return `${head(kind.group ? `${kind.group}/${kind.version}` : kind.version, kind.kind, `my-${kind.kind.toLowerCase()}`, kind.namespaced ? namespace : '')}spec: {}\n`
}
