import type { Feature } from '@/core/console'
import { defineMessages, type MessageSource } from '@/core/i18n'

/** Every folder under src/feature with an index.ts is a feature; that file is small, its pages are lazy. */
const modules = import.meta.glob<{ default: Feature }>('../feature/*/index.ts', { eager: true })

export const features: Feature[] = Object.values(modules).map((module) => module.default)

const sources = new Map<string, MessageSource>(features.map((feature) => [feature.name, defineMessages(feature.name, feature.messages)]))

/** The texts of a feature. */
export function messagesOf(feature: string): MessageSource | undefined {
  return sources.get(feature)
}
