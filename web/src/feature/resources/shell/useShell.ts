import { onScopeDispose, ref, shallowRef } from 'vue'
import { fetchApi, toProblem, webSocketUrl, type ApiProblem } from '@/core/api'
import { objectPath } from '@/core/console'
import type { ObjectRef } from '@/core/live'
import { EXEC_PROTOCOL, ExecSession, type ExecResult } from './execSession'

/** A browser is not told why a WebSocket was refused; the same question without one says it. */
async function reason(path: string): Promise<ApiProblem | null> {
  try {
    await fetchApi(path)
    return null
  } catch (thrown) {
    const problem = toProblem(thrown)
    return problem.status === 426 ? null : problem
  }
}

/** A shell in a container of a pod; `write` gets its output. */
export function useShell(target: () => ObjectRef, container: () => string, write: (bytes: Uint8Array) => void) {
  const state = ref<'idle' | 'connecting' | 'open' | 'ended'>('idle')
  const result = shallowRef<ExecResult | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  let session: ExecSession | null = null
  let size = { cols: 80, rows: 24 }

  function connect(): void {
    session?.close()
    state.value = 'connecting'
    result.value = null
    problem.value = null
    const path = `${objectPath(target())}/exec?${new URLSearchParams({ container: container(), tty: 'true' }).toString()}`
    const made = new ExecSession(new WebSocket(webSocketUrl(path), EXEC_PROTOCOL), {
      onOpen: () => (state.value = 'open'),
      onOutput: write,
      onEnd: (end, opened) => {
        state.value = 'ended'
        result.value = end
        if (!opened) void reason(path).then((found) => (problem.value = session === made ? found : problem.value))
      },
    })
    session = made
    made.resize(size.cols, size.rows)
  }

  function resize(cols: number, rows: number): void {
    size = { cols, rows }
    session?.resize(cols, rows)
  }

  onScopeDispose(() => session?.close())
  return { state, result, problem, connect, resize, type: (text: string) => session?.type(text) }
}
