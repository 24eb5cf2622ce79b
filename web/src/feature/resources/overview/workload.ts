import { number, record, records, text, type Json } from '../fields'

export interface ReplicaFigures {
  desired: number
  updated: number
  ready: number
  available: number
}

/** The figures of a Deployment, StatefulSet, ReplicaSet or DaemonSet; the last counts nodes instead of replicas. */
export function replicaFigures(object: Json): ReplicaFigures {
  const of = (path: string): number => number(object, path) ?? 0
  if (object['kind'] === 'DaemonSet') {
    return { desired: of('status.desiredNumberScheduled'), updated: of('status.updatedNumberScheduled'), ready: of('status.numberReady'), available: of('status.numberAvailable') }
  }
  const desired = number(object, 'spec.replicas') ?? 1
  const updated = object['kind'] === 'ReplicaSet' ? of('status.replicas') : of('status.updatedReplicas')
  return { desired, updated, ready: of('status.readyReplicas'), available: of('status.availableReplicas') }
}

export interface Strategy {
  type: string
  maxUnavailable: string
  maxSurge: string
  partition: string
}

export function strategyOf(object: Json): Strategy | null {
  const spec = record(object, 'spec')
  const strategy = record(spec, 'strategy')['type'] ? record(spec, 'strategy') : record(spec, 'updateStrategy')
  if (!text(strategy, 'type')) return null
  const rolling = record(strategy, 'rollingUpdate')
  return { type: text(strategy, 'type'), maxUnavailable: text(rolling, 'maxUnavailable'), maxSurge: text(rolling, 'maxSurge'), partition: text(rolling, 'partition') }
}

export interface ClaimTemplate {
  name: string
  size: string
  storageClass: string
}

export function claimTemplates(object: Json): ClaimTemplate[] {
  return records(object, 'spec.volumeClaimTemplates').map((claim) => ({
    name: text(claim, 'metadata.name'),
    size: text(claim, 'spec.resources.requests.storage'),
    storageClass: text(claim, 'spec.storageClassName'),
  }))
}
