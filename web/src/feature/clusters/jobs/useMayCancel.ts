import { computed, type ComputedRef, type Ref } from 'vue'
import { useSession } from '@/core/console'
import type { Job } from '@/core/live'
import { useRight } from '../queries'

/** Whether the user may stop a job: his own, or one on an object that he may change. */
export function useMayCancel(job: Ref<Job | null>): ComputedRef<boolean> {
  const session = useSession()
  const running = computed(() => job.value?.phase === 'running')
  const own = computed(() => job.value?.user === session.user?.name)
  const { data } = useRight(
    computed(() => {
      const ref = job.value?.ref
      return running.value && !own.value && ref ? { cluster: ref.cluster, verb: 'patch', resource: ref.resource, namespace: ref.namespace, name: ref.name } : null
    }),
  )
  return computed(() => running.value && (own.value || data.value === true))
}
