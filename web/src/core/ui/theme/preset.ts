import { definePreset } from '@primeuix/themes'
import base from '@primeuix/themes/aura/base'
import button from '@primeuix/themes/aura/button'
import checkbox from '@primeuix/themes/aura/checkbox'
import dialog from '@primeuix/themes/aura/dialog'
import drawer from '@primeuix/themes/aura/drawer'
import inputtext from '@primeuix/themes/aura/inputtext'
import menu from '@primeuix/themes/aura/menu'
import multiselect from '@primeuix/themes/aura/multiselect'
import popover from '@primeuix/themes/aura/popover'
import select from '@primeuix/themes/aura/select'
import textarea from '@primeuix/themes/aura/textarea'
import toast from '@primeuix/themes/aura/toast'
import toggleswitch from '@primeuix/themes/aura/toggleswitch'
import tooltip from '@primeuix/themes/aura/tooltip'

const STEPS = [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950] as const
const accent = Object.fromEntries(STEPS.map((step) => [step, `var(--km-accent-${step})`]))

// Light and dark follow from the tokens themselves, so that both schemes read the same names.
const scheme = {
  primary: {
    color: 'var(--km-accent)',
    contrastColor: 'var(--km-on-accent)',
    hoverColor: 'var(--km-accent-hover)',
    activeColor: 'var(--km-accent-hover)',
  },
  highlight: {
    background: 'var(--km-accent-tint)',
    focusBackground: 'var(--km-accent-tint)',
    color: 'var(--km-accent-ink)',
    focusColor: 'var(--km-accent-ink)',
  },
  text: {
    color: 'var(--km-ink)',
    hoverColor: 'var(--km-ink)',
    mutedColor: 'var(--km-ink-3)',
    hoverMutedColor: 'var(--km-ink-2)',
  },
  content: {
    background: 'var(--km-surface)',
    hoverBackground: 'var(--km-hover)',
    borderColor: 'var(--km-line)',
    color: 'var(--km-ink)',
    hoverColor: 'var(--km-ink)',
  },
  formField: {
    background: 'var(--km-surface)',
    disabledBackground: 'var(--km-sunken)',
    borderColor: 'var(--km-line-strong)',
    hoverBorderColor: 'var(--km-ink-3)',
    focusBorderColor: 'var(--km-accent)',
    invalidBorderColor: 'var(--km-error-mark)',
    color: 'var(--km-ink)',
    disabledColor: 'var(--km-ink-3)',
    placeholderColor: 'var(--km-ink-3)',
    iconColor: 'var(--km-ink-3)',
    shadow: 'none',
  },
  overlay: {
    select: { background: 'var(--km-raised)', borderColor: 'var(--km-line)', color: 'var(--km-ink)' },
    popover: { background: 'var(--km-raised)', borderColor: 'var(--km-line)', color: 'var(--km-ink)' },
    modal: { background: 'var(--km-raised)', borderColor: 'var(--km-line)', color: 'var(--km-ink)' },
  },
  list: { option: { focusBackground: 'var(--km-hover)', color: 'var(--km-ink)' } },
  navigation: { item: { focusBackground: 'var(--km-hover)', color: 'var(--km-ink)', focusColor: 'var(--km-ink)' } },
  mask: { background: 'rgb(10 14 20 / 45%)', color: 'var(--km-line)' },
}

/** The one PrimeVue preset: Aura's shapes on the console's tokens. */
export const preset = definePreset(
  {
    ...base,
    components: { button, checkbox, dialog, drawer, inputtext, menu, multiselect, popover, select, textarea, toast, toggleswitch, tooltip },
  },
  {
    semantic: {
      transitionDuration: '140ms',
      focusRing: { width: '2px', style: 'solid', color: 'var(--km-focus)', offset: '2px' },
      primary: accent,
      formField: {
        paddingX: '0.625rem',
        paddingY: '0.375rem',
        borderRadius: 'var(--km-radius-sm)',
        focusRing: { width: '2px', style: 'solid', color: 'var(--km-focus)', offset: '0' },
      },
      content: { borderRadius: 'var(--km-radius)' },
      overlay: {
        modal: { borderRadius: 'var(--km-radius-lg)', shadow: 'var(--km-shadow-over)' },
        popover: { borderRadius: 'var(--km-radius)', shadow: 'var(--km-shadow-over)' },
        select: { borderRadius: 'var(--km-radius)', shadow: 'var(--km-shadow-over)' },
      },
      colorScheme: { light: scheme, dark: scheme },
    },
    components: {
      button: { root: { paddingX: '0.75rem', paddingY: '0.375rem', label: { fontWeight: '550' }, gap: '0.4rem' } },
      dialog: { title: { fontSize: '1.0625rem', fontWeight: '620' } },
      tooltip: {
        root: { maxWidth: '24rem', padding: '0.35rem 0.6rem' },
        colorScheme: {
          light: { root: { background: '#1d232e', color: '#f3f5f8' } },
          dark: { root: { background: '#303847', color: '#f3f5f8' } },
        },
      },
    },
  },
)
