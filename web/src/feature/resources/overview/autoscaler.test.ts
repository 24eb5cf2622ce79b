import { expect, it } from 'vitest'
import { scalerMetrics } from './autoscaler'

it('puts present beside wanted values', () => {
  const object = {
    spec: {
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        { type: 'Pods', pods: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '10' } } },
      ],
    },
    status: { currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 72, averageValue: '72m' } } }] },
  }
  expect(scalerMetrics(object)).toEqual([
    { name: 'cpu', current: '72%', target: '60%' },
    { name: 'queue', current: '', target: '10' },
  ])
})
