import { onScopeDispose, shallowReactive } from 'vue'

/** One shortcut. `keys` as shown and matched: "/", "?", "Ctrl+K", "g p" (one after the other). */
export interface Shortcut {
  keys: string
  /** i18n key of what it does, for the help. */
  text: string
  run: (event: KeyboardEvent) => void
}

const shortcuts = shallowReactive(new Set<Shortcut>())

export function allShortcuts(): ReadonlySet<Shortcut> {
  return shortcuts
}

/** Offers shortcuts while the calling component lives; the help (?) lists them. */
export function useShortcuts(list: Shortcut[]): void {
  for (const shortcut of list) shortcuts.add(shortcut)
  onScopeDispose(() => {
    for (const shortcut of list) shortcuts.delete(shortcut)
  })
}

/** Whether somebody is writing text, where single letters are no shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.closest('input, textarea, select, .cm-editor, .xterm') !== null
}

const SEQUENCE_WITHIN = 900

/** Matches key presses to shortcuts; the shell installs one for the page. */
export function makeKeyHandler(now: () => number): (event: KeyboardEvent) => void {
  let before = ''
  let beforeAt = 0
  return (event) => {
    const combined = event.ctrlKey || event.metaKey
    if (event.defaultPrevented || event.altKey || (!combined && isTyping(event.target))) return
    const key = combined ? `Ctrl+${event.key.toUpperCase()}` : event.key
    const sequence = now() - beforeAt < SEQUENCE_WITHIN ? `${before} ${key}` : ''
    before = key
    beforeAt = now()
    const found = [...shortcuts].find((s) => s.keys === sequence) ?? [...shortcuts].reverse().find((s) => s.keys === key)
    if (!found) return
    event.preventDefault()
    before = ''
    found.run(event)
  }
}
