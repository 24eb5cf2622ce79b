import { expect, it } from 'vitest'
import { humanize } from './humanize'

it.each([
  ['nodePort', 'Node port'],
  ['clusterIP', 'Cluster IP'],
  ['clusterIPs', 'Cluster IPs'],
  ['restartPolicy', 'Restart policy'],
  ['podCIDR', 'Pod CIDR'],
  ['uid', 'UID'],
  ['app.kubernetes.io/name', 'app.kubernetes.io/name'],
  ['terminationGracePeriodSeconds', 'Termination grace period seconds'],
])('%s → %s', (name, words) => {
  expect(humanize(name)).toBe(words)
})
