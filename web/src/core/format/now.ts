import { onScopeDispose, readonly, ref, type Ref } from 'vue'

const now = ref(Date.now())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

function tick(): void {
  if (!document.hidden) now.value = Date.now()
}

/** The time in milliseconds, moving once a second while a component looks at it. One timer serves all. */
export function useNow(): Readonly<Ref<number>> {
  users++
  if (timer === undefined) {
    now.value = Date.now()
    timer = setInterval(tick, 1000)
    document.addEventListener('visibilitychange', tick)
  }
  onScopeDispose(() => {
    users--
    if (users > 0) return
    clearInterval(timer)
    timer = undefined
    document.removeEventListener('visibilitychange', tick)
  })
  return readonly(now)
}
