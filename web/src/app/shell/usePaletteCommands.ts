import { useRouter } from 'vue-router'
import { api, unwrap } from '@/core/api'
import { objectRoute, useCommands, useScope, type Command } from '@/core/console'
import { setLocale, useText } from '@/core/i18n'
import { useAppearance, THEMES } from '@/core/ui'
import { useDoors } from './useDoors'

const FOUND = 12

/** What the palette offers everywhere: the doors, the looks, and every object that the server finds. */
export function usePaletteCommands(): void {
  const { t, locale } = useText()
  const router = useRouter()
  const scope = useScope()
  const { entries } = useDoors()
  const { theme } = useAppearance()
  const matches = (text: string, label: string): boolean => label.toLowerCase().includes(text.toLowerCase())

  useCommands((text) =>
    entries.value
      .map<Command>((entry) => ({
        id: `door/${entry.door}`,
        label: t(`app.nav.${entry.door}`),
        hint: t('app.palette.page'),
        icon: entry.icon,
        run: () => void router.push(scope.within(entry.route, entry.params)),
      }))
      .filter((command) => matches(text, command.label)),
  )

  useCommands(async (text, signal) => {
    if (text.length < 2) return []
    const { results } = await unwrap(api.GET('/api/v1/search', { params: { query: { q: text, limit: FOUND } }, signal }))
    return (results ?? []).map((result) => ({
      id: `object/${result.ref.cluster}/${result.ref.resource}/${result.ref.namespace ?? ''}/${result.ref.name}`,
      label: result.ref.name,
      hint: [result.kind, result.ref.namespace].filter(Boolean).join(' · '),
      icon: 'box' as const,
      run: () => void router.push(objectRoute(result.ref)),
    }))
  })

  useCommands((text) => {
    if (text === '') return []
    const looks = THEMES.map<Command>((each) => ({ id: `theme/${each}`, label: `${t('app.look.theme')}: ${t(`app.look.${each}`)}`, icon: 'palette', run: () => (theme.value = each) }))
    const next = locale.value === 'en' ? 'zh-CN' : 'en'
    const language: Command = { id: 'language', label: next === 'en' ? 'Switch to English' : '切换到简体中文', icon: 'language', run: () => void setLocale(next) }
    return [...looks, language].filter((command) => matches(text, command.label))
  })
}
