import { records, text, type Json } from '../fields'

export interface IngressRule {
  host: string
  path: string
  type: string
  service: string
  port: string
  /** Whether the host is served with TLS. */
  tls: boolean
}

function backend(root: Json, path: string): { service: string; port: string } {
  return { service: text(root, `${path}.service.name`), port: text(root, `${path}.service.port.number`) || text(root, `${path}.service.port.name`) }
}

/** The rules of an Ingress, one line for each path; the default backend last. */
export function ingressRules(object: Json): IngressRule[] {
  const secured = new Set(records(object, 'spec.tls').flatMap((tls) => (Array.isArray(tls['hosts']) ? tls['hosts'].map(String) : [])))
  const rules = records(object, 'spec.rules').flatMap((rule) =>
    records(rule, 'http.paths').map((path) => ({
      host: text(rule, 'host') || '*',
      path: text(path, 'path') || '/',
      type: text(path, 'pathType'),
      ...backend(path, 'backend'),
      tls: secured.has(text(rule, 'host')),
    })),
  )
  const otherwise = backend(object, 'spec.defaultBackend')
  return otherwise.service ? [...rules, { host: '*', path: '*', type: '', ...otherwise, tls: false }] : rules
}
