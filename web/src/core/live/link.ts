import { inject, ref, type App, type InjectionKey, type Ref } from 'vue'
import { webSocketUrl } from '../api'
import { LIVE_PATH } from './protocol'
import { browserSurroundings, LiveSocket, type LinkState } from './socket'

/** A hidden tab gives its connection back after this time, in milliseconds. */
const HIDDEN_FOR = 5 * 60_000

export interface LiveLink {
  socket: LiveSocket
  state: Readonly<Ref<LinkState>>
  /** Milliseconds since 1970 when contact was lost; null while it is there. */
  lostAt: Readonly<Ref<number | null>>
}

export const liveKey: InjectionKey<LiveLink> = Symbol('live')

/** Makes the tab's connection and ties it to the tab's visibility and network. */
export function installLive(app: App, onSignedOut: () => void): LiveLink {
  const state = ref<LinkState>('closed')
  const lostAt = ref<number | null>(null)
  const socket = new LiveSocket(
    browserSurroundings(webSocketUrl(LIVE_PATH)),
    (next) => {
      state.value = next
      if (next === 'open' || next === 'closed') lostAt.value = null
      else if (next === 'waiting') lostAt.value ??= Date.now()
    },
    (reason) => {
      if (reason === 'signed-out' || reason === 'expired') onSignedOut()
    },
  )
  let hiding: ReturnType<typeof setTimeout> | undefined
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding)
    if (document.hidden) hiding = setTimeout(() => socket.pause(), HIDDEN_FOR)
    else socket.wake()
  })
  addEventListener('online', () => socket.wake())
  const link = { socket, state, lostAt }
  app.provide(liveKey, link)
  return link
}

/** The tab's live connection. */
export function useLive(): LiveLink {
  const link = inject(liveKey)
  if (!link) throw new Error('installLive was not called')
  return link
}
