/** Acronyms and names that stay as they are. */
const WORDS: Record<string, string> = { ip: 'IP', ips: 'IPs', api: 'API', uid: 'UID', url: 'URL', dns: 'DNS', tls: 'TLS', cpu: 'CPU', pvc: 'PVC', crd: 'CRD', id: 'ID', http: 'HTTP', tcp: 'TCP', ca: 'CA', cidr: 'CIDR' }

/** A member's name as words: "nodePort" → "Node port", "clusterIPs" → "Cluster IPs". */
export function humanize(name: string): string {
  if (/[^A-Za-z0-9]/.test(name)) return name // a key that somebody chose
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z]{2,})/g, '$1 $2').split(' ')
  const spoken = words.map((word, index) => WORDS[word.toLowerCase()] ?? (index === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word.toLowerCase()))
  return spoken.join(' ')
}
