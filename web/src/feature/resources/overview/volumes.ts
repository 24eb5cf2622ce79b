import { isRecord, record, records, text, type Json } from '../fields'

export interface VolumeInfo {
  name: string
  /** "ConfigMap", "Secret", "PersistentVolumeClaim", or the kind of volume as the API names it. */
  kind: string
  source: string
  /** The resource of the source, if it is an object in the same namespace. */
  resource: string | null
}

const SOURCES: Record<string, { kind: string; name: string; resource: string }> = {
  configMap: { kind: 'ConfigMap', name: 'name', resource: 'configmaps' },
  secret: { kind: 'Secret', name: 'secretName', resource: 'secrets' },
  persistentVolumeClaim: { kind: 'PersistentVolumeClaim', name: 'claimName', resource: 'persistentvolumeclaims' },
}

function volumeInfo(volume: Json): VolumeInfo {
  const name = text(volume, 'name')
  const type = Object.keys(volume).find((key) => key !== 'name' && isRecord(volume[key])) ?? ''
  const known = SOURCES[type]
  if (known) return { name, kind: known.kind, source: text(volume, `${type}.${known.name}`), resource: known.resource }
  if (type === 'projected') return { name, kind: 'projected', source: records(volume, 'projected.sources').map((each) => Object.keys(each)[0]).join(', '), resource: null }
  const source = record(volume, type)
  return { name, kind: type, source: text(source, 'path') || text(source, 'driver') || text(source, 'medium') || text(source, 'sizeLimit'), resource: null }
}

/** The volumes of a pod's spec by what they come from. */
export function volumesOf(spec: Json): VolumeInfo[] {
  return records(spec, 'volumes').map(volumeInfo)
}
