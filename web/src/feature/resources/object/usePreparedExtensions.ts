import { shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { useObjectExtensions, type ObjectExtension } from '../extensions'

/** The extensions for a kind once they are ready to be drawn. One that cannot be prepared is left out. */
export function usePreparedExtensions(resource: MaybeRefOrGetter<string>) {
  const extensionsOf = useObjectExtensions()
  const ready = shallowRef<ObjectExtension[]>([])

  watch(
    () => toValue(resource),
    async (name) => {
      const wanted = extensionsOf(name)
      const outcomes = await Promise.allSettled(wanted.map((each) => each.prepare?.()))
      if (toValue(resource) === name) ready.value = wanted.filter((_, index) => outcomes[index]?.status === 'fulfilled')
    },
    { immediate: true },
  )

  return ready
}
