import { expect, it } from 'vitest'
import { imageName } from './images'

it.each([
  ['nginx', { short: 'nginx', name: 'nginx', digest: '' }],
  ['registry.example.com:5000/team/app:1.2', { short: 'app:1.2', name: 'registry.example.com:5000/team/app:1.2', digest: '' }],
  ['localhost:5050/kubemate/demo-bank:0.1.0@sha256:777573977399bbd2d1b554', { short: 'demo-bank:0.1.0', name: 'localhost:5050/kubemate/demo-bank:0.1.0', digest: '777573977399' }],
])('reads %s', (image, parts) => {
  expect(imageName(image)).toEqual(parts)
})
