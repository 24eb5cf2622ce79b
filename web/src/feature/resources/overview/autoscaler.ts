import { record, records, text, type Json } from '../fields'

export interface ScalerMetric {
  name: string
  current: string
  target: string
}

/** "60%" of a utilization, or the value as it stands. */
function amount(value: Json): string {
  const share = text(value, 'averageUtilization')
  if (share) return `${share}%`
  return text(value, 'averageValue') || text(value, 'value')
}

/** Where the definition of a metric of some type stands. */
const PLACE: Record<string, string> = { Resource: 'resource', ContainerResource: 'containerResource', Pods: 'pods', Object: 'object', External: 'external' }

function nameOf(metric: Json): string {
  const source = record(metric, PLACE[text(metric, 'type')] ?? '')
  return text(source, 'name') || text(source, 'metric.name')
}

/** The metrics of a HorizontalPodAutoscaler with their present and wanted values. */
export function scalerMetrics(object: Json): ScalerMetric[] {
  const current = new Map(records(object, 'status.currentMetrics').map((metric) => [nameOf(metric), amount(record(metric, `${PLACE[text(metric, 'type')] ?? ''}.current`))]))
  return records(object, 'spec.metrics').map((metric) => {
    const name = nameOf(metric)
    return { name, current: current.get(name) ?? '', target: amount(record(metric, `${PLACE[text(metric, 'type')] ?? ''}.target`)) }
  })
}
