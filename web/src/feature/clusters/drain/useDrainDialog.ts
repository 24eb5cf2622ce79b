import { computed, ref, watch } from 'vue'
import { useLiveJob, type ObjectRef } from '@/core/live'
import { useDrain } from '../queries'
import { firstOptions, graceIsWrong, minutesAreWrong, missingAllowances, requestOf, type Allowance } from './drainOptions'

/** The steps of a drain: choose, look at what would happen, do it, watch it. */
export function useDrainDialog(node: () => ObjectRef) {
  const options = ref(firstOptions())
  const trial = ref<string | null>(null)
  const job = ref<string | null>(null)
  const drain = useDrain()
  const preview = useLiveJob(trial)
  const valid = computed(() => !graceIsWrong(options.value) && !minutesAreWrong(options.value))
  /** The trial's outcome; null until it is over. */
  const tried = computed(() => (trial.value !== null && preview.value.value?.id === trial.value ? preview.value.value : null))
  const missing = computed<Allowance[]>(() => missingAllowances(tried.value?.items ?? []))

  // What would happen depends on the options: an old preview must not be believed.
  watch(options, () => (trial.value = null))

  async function look(): Promise<void> {
    const started = await drain.mutateAsync({ node: node(), ...requestOf(options.value, true) }).catch(() => null)
    if (started) trial.value = started.id
  }

  async function run(): Promise<void> {
    const started = await drain.mutateAsync({ node: node(), ...requestOf(options.value, false) }).catch(() => null)
    if (started) job.value = started.id
  }

  function allow(option: Allowance): void {
    options.value = { ...options.value, [option]: true }
    void look()
  }

  return { options, valid, trial, tried, preview, missing, job, error: drain.error, busy: drain.isPending, look, run, allow }
}
