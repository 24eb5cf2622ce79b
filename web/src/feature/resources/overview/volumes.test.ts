import { expect, it } from 'vitest'
import { volumesOf } from './volumes'

it('says where each volume comes from', () => {
  const volumes = [
    { name: 'a', configMap: { name: 'conf' } },
    { name: 'b', secret: { secretName: 'keys' } },
    { name: 'c', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'd', emptyDir: {} },
    { name: 'e', hostPath: { path: '/var/log' } },
    { name: 'f', projected: { sources: [{ serviceAccountToken: {} }, { configMap: {} }] } },
  ]
  expect(volumesOf({ volumes }).map((each) => [each.name, each.kind, each.source, each.resource])).toEqual([
    ['a', 'ConfigMap', 'conf', 'configmaps'],
    ['b', 'Secret', 'keys', 'secrets'],
    ['c', 'PersistentVolumeClaim', 'data', 'persistentvolumeclaims'],
    ['d', 'emptyDir', '', null],
    ['e', 'hostPath', '/var/log', null],
    ['f', 'projected', 'serviceAccountToken, configMap', null],
  ])
})
