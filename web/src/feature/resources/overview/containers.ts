import { parseBytes, parseCpu } from './quantities'
import { dictionary, flag, number, record, records, text, texts, type Json } from '../fields'
import type { Tone } from '@/core/live'

export type ContainerRole = 'main' | 'init' | 'sidecar' | 'ephemeral'

export interface ContainerState {
  tone: Tone
  phase: 'running' | 'waiting' | 'terminated'
  reason: string
  message: string
  exitCode: number | null
  at: string
}

export interface EnvEntry {
  name: string
  value: string
  /** Where the value comes from, when it is not given itself. */
  from: { kind: 'ConfigMap' | 'Secret' | 'field' | 'resource'; name: string; key: string } | null
}

export interface Mount {
  path: string
  volume: string
  readOnly: boolean
  subPath: string
}

export interface Probe {
  kind: 'startup' | 'readiness' | 'liveness'
  what: string
  delay: number
  period: number
  failures: number
}

export interface ContainerInfo {
  name: string
  role: ContainerRole
  image: string
  state: ContainerState | null
  last: ContainerState | null
  ready: boolean
  restarts: number
  requests: { cpu: number | null; memory: number | null }
  limits: { cpu: number | null; memory: number | null }
  ports: string[]
  probes: Probe[]
  env: EnvEntry[]
  envFrom: { kind: 'ConfigMap' | 'Secret'; name: string }[]
  mounts: Mount[]
  command: string
}

const QUIET = new Set(['ContainerCreating', 'PodInitializing'])

/** A container's state as words with a judgement; null when it has none. */
export function containerState(state: Json, role: ContainerRole = 'main'): ContainerState | null {
  const running = state['running']
  if (running) return { tone: 'ok', phase: 'running', reason: '', message: '', exitCode: null, at: text(running, 'startedAt') }
  const ended = state['terminated']
  if (ended) {
    const exitCode = number(ended, 'exitCode')
    const well = exitCode === 0
    const tone: Tone = well ? (role === 'main' ? 'neutral' : 'ok') : 'error'
    return { tone, phase: 'terminated', reason: text(ended, 'reason'), message: text(ended, 'message'), exitCode, at: text(ended, 'finishedAt') }
  }
  const waiting = state['waiting']
  if (!waiting) return null
  const reason = text(waiting, 'reason')
  return { tone: QUIET.has(reason) || reason === '' ? 'progress' : 'error', phase: 'waiting', reason, message: text(waiting, 'message'), exitCode: null, at: '' }
}

function probe(container: Json, kind: Probe['kind']): Probe[] {
  const one = container[`${kind}Probe`]
  if (!one) return []
  const http = record(one, 'httpGet')
  const what = text(http, 'path')
    ? `${(text(http, 'scheme') || 'HTTP').toUpperCase()} GET ${text(http, 'path')} :${text(http, 'port')}`
    : text(one, 'tcpSocket.port')
      ? `TCP :${text(one, 'tcpSocket.port')}`
      : text(one, 'grpc.port')
        ? `gRPC :${text(one, 'grpc.port')}`
        : texts(one, 'exec.command').join(' ')
  return [{ kind, what, delay: number(one, 'initialDelaySeconds') ?? 0, period: number(one, 'periodSeconds') ?? 10, failures: number(one, 'failureThreshold') ?? 3 }]
}

function envEntry(env: Json): EnvEntry {
  const entry: EnvEntry = { name: text(env, 'name'), value: text(env, 'value'), from: null }
  const source = record(env, 'valueFrom')
  if (source['configMapKeyRef']) entry.from = { kind: 'ConfigMap', name: text(source, 'configMapKeyRef.name'), key: text(source, 'configMapKeyRef.key') }
  else if (source['secretKeyRef']) entry.from = { kind: 'Secret', name: text(source, 'secretKeyRef.name'), key: text(source, 'secretKeyRef.key') }
  else if (source['fieldRef']) entry.from = { kind: 'field', name: text(source, 'fieldRef.fieldPath'), key: '' }
  else if (source['resourceFieldRef']) entry.from = { kind: 'resource', name: text(source, 'resourceFieldRef.resource'), key: '' }
  return entry
}

function envFrom(source: Json): ContainerInfo['envFrom'] {
  const map = text(source, 'configMapRef.name')
  const secret = text(source, 'secretRef.name')
  return [...(map ? [{ kind: 'ConfigMap' as const, name: map }] : []), ...(secret ? [{ kind: 'Secret' as const, name: secret }] : [])]
}

function resources(container: Json, part: 'requests' | 'limits') {
  const all = dictionary(container, `resources.${part}`)
  return { cpu: parseCpu(all['cpu']), memory: parseBytes(all['memory']) }
}

function portText(port: Json): string {
  const name = text(port, 'name')
  return `${text(port, 'containerPort')}/${text(port, 'protocol') || 'TCP'}${name ? ` (${name})` : ''}`
}

function containerInfo(container: Json, role: ContainerRole, status: Json): ContainerInfo {
  return {
    name: text(container, 'name'),
    role,
    image: text(container, 'image'),
    state: containerState(record(status, 'state'), role),
    last: containerState(record(status, 'lastState'), role),
    ready: flag(status, 'ready'),
    restarts: number(status, 'restartCount') ?? 0,
    requests: resources(container, 'requests'),
    limits: resources(container, 'limits'),
    ports: records(container, 'ports').map(portText),
    probes: [...probe(container, 'startup'), ...probe(container, 'readiness'), ...probe(container, 'liveness')],
    env: records(container, 'env').map(envEntry),
    envFrom: records(container, 'envFrom').flatMap(envFrom),
    mounts: records(container, 'volumeMounts').map((mount) => ({ path: text(mount, 'mountPath'), volume: text(mount, 'name'), readOnly: flag(mount, 'readOnly'), subPath: text(mount, 'subPath') })),
    command: [...texts(container, 'command'), ...texts(container, 'args')].join(' '),
  }
}

/** The containers of a pod's spec with their states, in the order in which they start. */
export function containersOf(spec: Json, status: Json = {}): ContainerInfo[] {
  const states = new Map(
    ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'].flatMap((part) => records(status, part).map((each) => [text(each, 'name'), each] as const)),
  )
  const list = (part: string, role: (container: Json) => ContainerRole): ContainerInfo[] =>
    records(spec, part).map((container) => containerInfo(container, role(container), states.get(text(container, 'name')) ?? {}))
  return [
    ...list('initContainers', (container) => (text(container, 'restartPolicy') === 'Always' ? 'sidecar' : 'init')),
    ...list('containers', () => 'main'),
    ...list('ephemeralContainers', () => 'ephemeral'),
  ]
}
