import { addMessages } from '@/core/i18n'
import { clusterExtensions } from '@/feature/clusters/objectExtensions'
import type { ObjectExtension } from '@/feature/resources/extensions'
import { messagesOf } from './features'

/** What features add to the pages of objects, each with its texts. */
export function extensionsOfFeatures(): ObjectExtension[] {
  return clusterExtensions.map((extension) => ({ ...extension, prepare: () => prepare('clusters') }))
}

async function prepare(feature: string): Promise<void> {
  const texts = messagesOf(feature)
  if (texts) await addMessages(texts)
}
