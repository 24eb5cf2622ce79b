import type { Tone } from '@/core/live'

/** The tones, worst first, as they stand in bars and lists. */
export const TONES: readonly Tone[] = ['error', 'warning', 'progress', 'ok', 'neutral']

/** The tones that occur, worst first. */
export function tonesOf(byTone: Record<string, number>): { tone: Tone; count: number }[] {
  return TONES.map((tone) => ({ tone, count: byTone[tone] ?? 0 })).filter((part) => part.count > 0)
}

/** The worst tone that occurs; neutral for none. */
export function worst(byTone: Record<string, number>): Tone {
  return tonesOf(byTone)[0]?.tone ?? 'neutral'
}
