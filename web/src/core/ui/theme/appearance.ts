import { ref, watch } from 'vue'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export const ACCENTS = ['ink', 'teal', 'plum', 'graphite'] as const
export type Accent = (typeof ACCENTS)[number]

const THEME_KEY = 'kubemate.theme'
const ACCENT_KEY = 'kubemate.accent'

function stored<T extends string>(key: string, allowed: readonly T[], otherwise: T): T {
  const value = localStorage.getItem(key)
  return allowed.find((item) => item === value) ?? otherwise
}

const theme = ref<Theme>('system')
const accent = ref<Accent>('ink')
const dark = ref(false)

/** Puts the chosen look on the page, follows the system's, and remembers changes in this browser. */
export function startAppearance(): void {
  theme.value = stored(THEME_KEY, THEMES, 'system')
  accent.value = stored(ACCENT_KEY, ACCENTS, 'ink')
  const system = matchMedia('(prefers-color-scheme: dark)')
  const show = (): void => {
    dark.value = theme.value === 'dark' || (theme.value === 'system' && system.matches)
    document.documentElement.dataset['theme'] = dark.value ? 'dark' : 'light'
    document.documentElement.dataset['accent'] = accent.value
  }
  system.addEventListener('change', show)
  watch([theme, accent], () => {
    localStorage.setItem(THEME_KEY, theme.value)
    localStorage.setItem(ACCENT_KEY, accent.value)
    show()
  })
  show()
}

/** The look of the console: theme and accent may be set, dark says what is on show. */
export function useAppearance() {
  return { theme, accent, dark }
}
