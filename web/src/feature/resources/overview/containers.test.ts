import { describe, expect, it } from 'vitest'
import { containersOf, containerState } from './containers'

describe('containerState', () => {
  it.each([
    [{ running: { startedAt: 't' } }, 'ok', 'running', ''],
    [{ waiting: { reason: 'CrashLoopBackOff' } }, 'error', 'waiting', 'CrashLoopBackOff'],
    [{ waiting: { reason: 'ContainerCreating' } }, 'progress', 'waiting', 'ContainerCreating'],
    [{ terminated: { exitCode: 137, reason: 'OOMKilled' } }, 'error', 'terminated', 'OOMKilled'],
    [{ terminated: { exitCode: 0, reason: 'Completed' } }, 'neutral', 'terminated', 'Completed'],
  ])('%j', (state, tone, phase, reason) => {
    expect(containerState(state)).toMatchObject({ tone, phase, reason })
  })

  it('knows that an init container is well when it has ended', () => {
    expect(containerState({ terminated: { exitCode: 0 } }, 'init')?.tone).toBe('ok')
  })

  it('is nothing when there is none', () => {
    expect(containerState({})).toBeNull()
  })
})

describe('containersOf', () => {
  const spec = {
    initContainers: [{ name: 'wait' }, { name: 'proxy', restartPolicy: 'Always' }],
    containers: [
      {
        name: 'app',
        image: 'bank:1',
        resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        ports: [{ containerPort: 8080, name: 'http' }, { containerPort: 53, protocol: 'UDP' }],
        readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5 },
        livenessProbe: { tcpSocket: { port: 8080 } },
        env: [{ name: 'A', value: '1' }, { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
        envFrom: [{ configMapRef: { name: 'c' } }],
        volumeMounts: [{ name: 'data', mountPath: '/data', readOnly: true }],
        command: ['/bank'],
        args: ['--port', '8080'],
      },
    ],
  }
  const status = { containerStatuses: [{ name: 'app', ready: true, restartCount: 3, state: { running: {} }, lastState: { terminated: { exitCode: 1, reason: 'Error' } } }] }

  it('names roles in the order of starting', () => {
    expect(containersOf(spec, status).map((each) => [each.name, each.role])).toEqual([['wait', 'init'], ['proxy', 'sidecar'], ['app', 'main']])
  })

  it('reads everything of a container', () => {
    const app = containersOf(spec, status)[2]!
    expect(app).toMatchObject({ ready: true, restarts: 3, image: 'bank:1', command: '/bank --port 8080', ports: ['8080/TCP (http)', '53/UDP'] })
    expect(app.last?.exitCode).toBe(1)
    expect(app.requests).toEqual({ cpu: 100, memory: 67108864 })
    expect(app.limits).toEqual({ cpu: null, memory: 134217728 })
    expect(app.probes.map((probe) => [probe.kind, probe.what, probe.period])).toEqual([['readiness', 'HTTP GET /ready :http', 5], ['liveness', 'TCP :8080', 10]])
    expect(app.env[1]?.from).toEqual({ kind: 'Secret', name: 's', key: 'k' })
    expect(app.envFrom).toEqual([{ kind: 'ConfigMap', name: 'c' }])
    expect(app.mounts).toEqual([{ path: '/data', volume: 'data', readOnly: true, subPath: '' }])
  })

  it('shows a pod template without states', () => {
    expect(containersOf(spec)[2]?.state).toBeNull()
  })
})
