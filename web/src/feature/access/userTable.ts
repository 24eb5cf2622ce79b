import { computed } from 'vue'
import { useText } from '@/core/i18n'
import type { Cell } from '@/core/live'
import type { GridColumn } from '@/core/ui'
import type { User } from './queries'

/** The columns of the table of users. */
export function useUserColumns() {
  const { t } = useText()
  return computed<GridColumn[]>(() => [
    { id: 'name', title: t('access.user.name'), type: 'text', sortable: true },
    { id: 'state', title: t('access.user.state'), type: 'status', sortable: true, width: '9rem' },
    { id: 'email', title: t('access.user.email'), type: 'text', sortable: true, width: 'minmax(10rem, 1.5fr)' },
    { id: 'groups', title: t('access.user.groups'), type: 'list', sortable: false },
    { id: 'created', title: t('access.user.created'), type: 'time', sortable: true, width: '7rem' },
  ])
}

export function userCell(user: User, column: string): Cell {
  switch (column) {
    case 'name':
      return user.name
    case 'state':
      return user.disabled ? 2 : user.mustSetPassword ? 1 : 0
    case 'email':
      return user.email ?? null
    case 'groups':
      return user.groups ?? []
    case 'created':
      return user.created ? Date.parse(user.created) / 1000 : null
    default:
      return null
  }
}

/** The users that match a text, sorted; there are few enough to do it here. */
export function visibleUsers(users: readonly User[], text: string, sort: string, desc: boolean): User[] {
  const wanted = text.trim().toLowerCase()
  const matches = (user: User): boolean => [user.name, user.displayName, user.email, ...(user.groups ?? [])].some((part) => part?.toLowerCase().includes(wanted))
  const order = (a: User, b: User): number => {
    const [x, y] = [userCell(a, sort), userCell(b, sort)]
    const by = typeof x === 'number' && typeof y === 'number' ? x - y : String(x ?? '').localeCompare(String(y ?? ''))
    return (by || a.name.localeCompare(b.name)) * (desc ? -1 : 1)
  }
  return users.filter(matches).sort(order)
}
