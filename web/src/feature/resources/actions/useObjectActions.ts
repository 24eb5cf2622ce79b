import { shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import { objectRoute } from '@/core/console'
import { useText } from '@/core/i18n'
import type { ObjectRef } from '@/core/live'
import { useConfirm, useToast } from '@/core/ui'
import { usePlainAction, type PlainAction } from '../changes'

/** The object of an action. */
export interface Target {
  ref: ObjectRef
  kind: string
  uid?: string
  /** Present replicas, where they are known. */
  replicas?: number
  /** Ports that could be forwarded. */
  ports?: { port: number; name?: string }[]
}

/** Actions that interrupt something, and are asked about first. */
const ASKED: ReadonlySet<PlainAction> = new Set(['restart', 'cordon', 'pause'])

/** Does things to one object: asks where needed, shows dialogs, says how it went. Draw ObjectDialogs once with it. */
export function useObjectActions() {
  const { t } = useText()
  const toast = useToast()
  const confirm = useConfirm()
  const router = useRouter()
  const change = usePlainAction()
  const scaling = shallowRef<Target | null>(null)
  const deleting = shallowRef<Target | null>(null)
  const forwarding = shallowRef<Target | null>(null)

  async function plain(action: PlainAction, target: Target): Promise<void> {
    const name = `${target.kind} ${target.ref.name}`
    const question = { title: t(`resources.ask.${action}`, { name }), text: t(`resources.ask.${action}Text`), action: t(`resources.actions.${action}`) }
    if (ASKED.has(action) && !(await confirm(question))) return
    try {
      const result = await change.mutateAsync({ ref: target.ref, action })
      if (result.created) void router.push(objectRoute(result.created))
      toast.done(t(`resources.did.${action}`, { name }), (result.warnings ?? []).join('\n') || undefined)
    } catch (thrown) {
      toast.failed(thrown, t('resources.did.failed', { name }))
    }
  }

  return { scaling, deleting, forwarding, plain }
}

export type ObjectActions = ReturnType<typeof useObjectActions>
