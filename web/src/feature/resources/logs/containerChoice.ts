import { record, records, text, type Json } from '../fields'

/** The pod's spec inside an object that has pods; the object itself for anything else. */
export function podSpec(object: Json): Json {
  if (object['kind'] === 'Pod') return record(object, 'spec')
  if (object['kind'] === 'CronJob') return record(object, 'spec.jobTemplate.spec.template.spec')
  return record(object, 'spec.template.spec')
}

/** The names of all containers, in the order in which they start. */
export function containerNames(object: Json): string[] {
  const spec = podSpec(object)
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((part) => records(spec, part).map((container) => text(container, 'name')))
}

/** The containers that run now, of a pod. */
export function runningContainers(object: Json): string[] {
  const running = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'].flatMap((part) => records(object, `status.${part}`).filter((status) => record(status, 'state')['running'] !== undefined))
  return running.map((status) => text(status, 'name'))
}

/** Whether any container was started before, so that there is an earlier run to read. */
export function hasPrevious(object: Json): boolean {
  if (object['kind'] !== 'Pod') return true
  return ['containerStatuses', 'initContainerStatuses'].some((part) => records(object, `status.${part}`).some((status) => Number(status['restartCount'] ?? 0) > 0))
}
