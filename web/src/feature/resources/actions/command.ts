/** Puts a word into single quotes where a shell would read it otherwise. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

interface Forward {
  cluster: string
  namespace: string
  /** As the command line takes it: "pod/x", "service/x", "deployment/x". */
  target: string
  local: number
  remote: number
}

/** The command that opens a local port to a port in the cluster. */
export function portForwardCommand({ cluster, namespace, target, local, remote }: Forward): string {
  const words = ['kubemate', 'port-forward', '--cluster', cluster, '-n', namespace, target, local === remote ? String(remote) : `${local}:${remote}`]
  return words.map(quote).join(' ')
}
