import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { commandSources, type Command } from '../console/commands'

const MOST = 40
const AFTER = 120

/** Asks every source for what was typed. Answers to older texts are dropped; a failing source is left out. */
export function usePaletteResults(text: () => string | null) {
  const results = shallowRef<Command[]>([])
  const asking = ref(false)
  let stop: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(typed: string): Promise<void> {
    const control = new AbortController()
    stop = control
    asking.value = true
    const parts: Command[][] = []
    const show = (): void => {
      if (!control.signal.aborted) results.value = parts.flat().slice(0, MOST)
    }
    const calls = [...commandSources()].map(async (source, index) => {
      parts[index] = []
      try {
        parts[index] = await source(typed, control.signal)
        show()
      } catch {
        // The palette shows what the other sources found; the page of a failing part tells why.
      }
    })
    await Promise.all(calls)
    show()
    if (!control.signal.aborted) asking.value = false
  }

  function cancel(): void {
    clearTimeout(timer)
    stop?.abort()
  }

  watch(text, (typed) => {
    cancel()
    if (typed === null) results.value = []
    else timer = setTimeout(() => void ask(typed.trim()), typed === '' ? 0 : AFTER)
  })
  onScopeDispose(cancel)
  return { results, asking }
}
