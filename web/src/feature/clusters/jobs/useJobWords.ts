import { useText } from '@/core/i18n'

/** What the server says about a job's parts → the key of its text; the named parts are kept. */
const SAID: readonly [RegExp, string][] = [
  [/^blocked by PodDisruptionBudget (?<budget>\S+): needs (?<needs>\d+) healthy pods, has (?<has>\d+)$/, 'blocked'],
  [/^would be blocked by PodDisruptionBudget (?<budget>\S+): needs (?<needs>\d+) healthy pods, has (?<has>\d+)$/, 'wouldBlock'],
  [/^would be evicted$/, 'wouldEvict'],
  [/^asked to end$/, 'asked'],
  [/^ending$/, 'ending'],
  [/^ending; waits for the finalizers (?<finalizers>.+)$/, 'finalizers'],
  [/^gone$/, 'gone'],
  [/^a static pod: it ends with the node$/, 'static'],
  [/^belongs to the DaemonSet (?<owner>\S+), which would put it back$/, 'daemonSet'],
  [/^belongs to the DaemonSet (?<owner>\S+), which would put it back at once$/, 'daemonSetStop'],
  [/^has no controller, so nothing would make it again$/, 'alone'],
  [/^keeps data in the emptyDir volume (?<volume>\S+), which would be lost$/, 'emptyDir'],
  [/^looking at the pods of the node$/, 'looking'],
  [/^(?<n>\d+) pods to evict$/, 'toEvict'],
  [/^(?<n>\d+) pods are gone$/, 'allGone'],
  [/^no new pods come to the node$/, 'cordoned'],
  [/^the node is cordoned already$/, 'cordonedAlready'],
  [/^(?<node>\S+) is empty and cordoned$/, 'empty'],
  [/^cancelled; the node stays cordoned$/, 'cancelled'],
  [/^waiting for disruption budgets: (?<pods>.+)$/, 'waiting'],
]

/** What was said, as a key and its parts; null for a sentence that is not known. */
export function readSaid(message: string): { key: string; parts: Record<string, string> } | null {
  for (const [pattern, key] of SAID) {
    const match = pattern.exec(message)
    if (match) return { key, parts: { ...match.groups } }
  }
  return null
}

const KNOWN_STAGES = new Set(['check', 'cordon', 'evict'])
const KNOWN_TYPES = new Set(['drain'])

/** Jobs in the user's language; sentences that are not known stand as the server wrote them. */
export function useJobWords() {
  const { t } = useText()

  function said(message: string | undefined): string {
    if (!message) return ''
    const found = readSaid(message)
    return found ? t(`clusters.said.${found.key}`, found.parts) : message
  }
  const phase = (name: string): string => t(`clusters.phase.${name}`)
  const stage = (name: string): string => (KNOWN_STAGES.has(name) ? t(`clusters.stage.${name}`) : name)
  const type = (name: string): string => (KNOWN_TYPES.has(name) ? t(`clusters.jobType.${name}`) : name)

  return { said, phase, stage, type }
}
