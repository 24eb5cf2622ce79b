import { onScopeDispose, shallowReactive } from 'vue'
import type { IconName } from '../ui/icons'

/** One line of the palette (Ctrl-K). */
export interface Command {
  id: string
  /** Text as shown, already in the user's language. */
  label: string
  /** Second text: kind, namespace, or what it is. */
  hint?: string
  icon?: IconName
  run: () => void
}

/** Commands for what was typed; called on every change, may ask the server. */
export type CommandSource = (text: string, signal: AbortSignal) => Command[] | Promise<Command[]>

const sources = shallowReactive(new Set<CommandSource>())

export function commandSources(): ReadonlySet<CommandSource> {
  return sources
}

/** Offers commands in the palette while the calling component lives. */
export function useCommands(source: CommandSource): void {
  sources.add(source)
  onScopeDispose(() => sources.delete(source))
}
