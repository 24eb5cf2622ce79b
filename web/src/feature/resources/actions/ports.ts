import { number, records, text, type Json } from '../fields'

export interface ForwardPort {
  port: number
  name: string
}

/** The ports that an object says it serves: of a Service, a pod, or a workload's pod template. */
export function forwardablePorts(object: Json): ForwardPort[] {
  const own = records(object, 'spec.ports').map((port) => ({ port: number(port, 'port'), name: text(port, 'name') }))
  const containers = [...records(object, 'spec.containers'), ...records(object, 'spec.template.spec.containers')]
  const exposed = containers.flatMap((container) => records(container, 'ports')).map((port) => ({ port: number(port, 'containerPort'), name: text(port, 'name') }))
  return [...own, ...exposed].flatMap(({ port, name }) => (port === null ? [] : [{ port, name }]))
}
