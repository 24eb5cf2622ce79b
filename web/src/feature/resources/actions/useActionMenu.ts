import { useRouter } from 'vue-router'
import { objectRoute } from '@/core/console'
import { useText } from '@/core/i18n'
import type { IconName, MenuAction } from '@/core/ui'
import type { PlainAction } from '../changes'
import { may, type Rights } from './rights'
import type { ObjectActions, Target } from './useObjectActions'

const PLAIN: readonly PlainAction[] = ['restart', 'pause', 'resume', 'trigger', 'cordon', 'uncordon']
const ICONS: Record<PlainAction, IconName> = { restart: 'restart', pause: 'pause', resume: 'play', trigger: 'zap', cordon: 'lock', uncordon: 'check' }

/** Makes the menu of an object of what is possible and allowed. `links` adds the ways to its tabs. */
export function useActionMenu(actions: ObjectActions) {
  const { t } = useText()
  const router = useRouter()

  function tab(id: string, label: string, icon: IconName, target: Target): MenuAction {
    return { id, label, icon, run: () => void router.push(objectRoute(target.ref, id)) }
  }

  function links(target: Target, rights: Rights): MenuAction[] {
    return [
      ...(may(rights, 'logs') ? [tab('logs', t('resources.tab.logs'), 'logs', target)] : []),
      ...(may(rights, 'exec') && target.ref.resource === 'pods' ? [tab('shell', t('resources.tab.shell'), 'terminal', target)] : []),
      tab('yaml', rights.can['update'] ? t('resources.actions.edit') : t('resources.tab.yaml'), 'code', target),
    ]
  }

  function changes(target: Target, rights: Rights): MenuAction[] {
    const items: MenuAction[] = []
    if (may(rights, 'scale')) items.push({ id: 'scale', label: t('resources.actions.scale'), icon: 'scale', run: () => (actions.scaling.value = target) })
    for (const action of PLAIN) {
      if (may(rights, action)) items.push({ id: action, label: t(`resources.actions.${action}`), icon: ICONS[action], run: () => void actions.plain(action, target) })
    }
    if (may(rights, 'portforward')) items.push({ id: 'portforward', label: t('resources.actions.portforward'), icon: 'link', run: () => (actions.forwarding.value = target) })
    return items
  }

  function menuOf(target: Target & Rights, options: { links?: boolean } = {}): MenuAction[] {
    const first = options.links ? links(target, target) : []
    const second = changes(target, target).map((item, index) => ({ ...item, separated: index === 0 && first.length > 0 }))
    const last: MenuAction[] = target.can['delete']
      ? [{ id: 'delete', label: t('resources.actions.delete'), icon: 'trash', danger: true, separated: first.length + second.length > 0, run: () => (actions.deleting.value = target) }]
      : []
    return [...first, ...second, ...last]
  }

  return { menuOf }
}
