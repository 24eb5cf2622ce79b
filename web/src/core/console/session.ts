import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, toProblem, unwrap, type Answer } from '../api'

export type Session = Answer<'/api/v1/auth/session', 'get'>

/** Who is signed in. Only what the session says is kept here, never data of the server. */
export const useSession = defineStore('session', () => {
  const session = ref<Session | null>(null)
  /** Whether the server was asked at all. */
  const asked = ref(false)
  const user = computed(() => session.value?.user ?? null)

  function set(next: Session | null): void {
    session.value = next
    asked.value = true
  }

  /** Asks the server who is signed in; nobody is no error. */
  async function load(): Promise<Session | null> {
    try {
      set(await unwrap(api.GET('/api/v1/auth/session')))
    } catch (thrown) {
      if (toProblem(thrown).status !== 401) throw thrown
      set(null)
    }
    return session.value
  }

  /** Whether the user may open a part of the console: overview, resources, platform, govern, users. */
  function opens(part: string): boolean {
    return session.value?.doors.includes(part) ?? false
  }

  return { session, user, asked, set, load, opens }
})
