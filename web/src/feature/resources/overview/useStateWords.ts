import { useText } from '@/core/i18n'
import type { ContainerState } from './containers'

/** A container's state in words: "Running", "Waiting: CrashLoopBackOff", "Ended with exit code 137: OOMKilled". */
export function useStateWords(): (state: ContainerState) => string {
  const { t } = useText()
  return (state) => {
    if (state.phase === 'running') return t('resources.container.state.running')
    if (state.phase === 'waiting') return state.reason ? t('resources.container.state.waitingFor', { reason: state.reason }) : t('resources.container.state.waiting')
    const ended = state.exitCode === null ? t('resources.container.state.ended') : t('resources.container.state.exit', { code: state.exitCode })
    return state.reason && state.reason !== 'Error' ? `${ended} (${state.reason})` : ended
  }
}
