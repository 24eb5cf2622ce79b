import { expect, it } from 'vitest'
import { containerNames, hasPrevious, runningContainers } from './containerChoice'

it.each([
  ['Pod', { kind: 'Pod', spec: { initContainers: [{ name: 'a' }], containers: [{ name: 'b' }] } }],
  ['Deployment', { kind: 'Deployment', spec: { template: { spec: { initContainers: [{ name: 'a' }], containers: [{ name: 'b' }] } } } }],
  ['CronJob', { kind: 'CronJob', spec: { jobTemplate: { spec: { template: { spec: { initContainers: [{ name: 'a' }], containers: [{ name: 'b' }] } } } } } }],
])('names the containers of a %s', (_kind, object) => {
  expect(containerNames(object)).toEqual(['a', 'b'])
})

it('knows which containers run, and whether one ran before', () => {
  const pod = { kind: 'Pod', status: { containerStatuses: [{ name: 'b', restartCount: 0, state: { running: {} } }, { name: 'c', restartCount: 2, state: { waiting: {} } }] } }
  expect(runningContainers(pod)).toEqual(['b'])
  expect(hasPrevious(pod)).toBe(true)
  expect(hasPrevious({ kind: 'Pod', status: { containerStatuses: [{ name: 'b', restartCount: 0 }] } })).toBe(false)
})
