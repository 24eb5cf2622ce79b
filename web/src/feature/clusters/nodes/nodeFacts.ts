type Json = Record<string, unknown>

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const member = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined)
const records = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

export interface Taint {
  key: string
  value: string
  effect: string
}

export interface NodeImage {
  name: string
  bytes: number
}

/** What a person wants to know of a node, out of the object as it came. */
export interface NodeFacts {
  simulated: boolean
  os: string
  kernel: string
  architecture: string
  runtime: string
  kubelet: string
  addresses: { type: string; address: string }[]
  podRange: string
  zone: string
  taints: Taint[]
  /** The largest first. */
  images: NodeImage[]
}

/** Of an image's names the one that people use: a tag rather than a digest. */
function imageName(names: unknown): string {
  const all = Array.isArray(names) ? names.filter((each): each is string => typeof each === 'string') : []
  return all.find((each) => !each.includes('@')) ?? all[0] ?? ''
}

export function nodeFacts(object: Json): NodeFacts {
  const [metadata, spec, status] = [object['metadata'], object['spec'], object['status']]
  const info = member(status, 'nodeInfo')
  return {
    simulated: Boolean(member(member(metadata, 'annotations'), 'kwok.x-k8s.io/node')),
    os: text(member(info, 'osImage')),
    kernel: text(member(info, 'kernelVersion')),
    architecture: text(member(info, 'architecture')),
    runtime: text(member(info, 'containerRuntimeVersion')),
    kubelet: text(member(info, 'kubeletVersion')),
    addresses: records(member(status, 'addresses')).map((each) => ({ type: text(each['type']), address: text(each['address']) })),
    podRange: text(member(spec, 'podCIDR')),
    zone: text(member(member(metadata, 'labels'), 'topology.kubernetes.io/zone')),
    taints: records(member(spec, 'taints')).map((each) => ({ key: text(each['key']), value: text(each['value']), effect: text(each['effect']) })),
    images: records(member(status, 'images'))
      .map((each) => ({ name: imageName(each['names']), bytes: typeof each['sizeBytes'] === 'number' ? each['sizeBytes'] : 0 }))
      .sort((a, b) => b.bytes - a.bytes),
  }
}
