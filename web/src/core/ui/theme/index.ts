import PrimeVue from 'primevue/config'
import ToastService from 'primevue/toastservice'
import Tooltip from 'primevue/tooltip'
import type { App } from 'vue'
import { styleNonce } from './nonce'
import { preset } from './preset'
import './tokens.css'
import './accents.css'
import './base.css'
import './prime.css'

/** Installs PrimeVue with the console's preset. Only core/ui knows PrimeVue. */
export function installUi(app: App): void {
  app.use(PrimeVue, {
    theme: {
      preset,
      options: { prefix: 'p', darkModeSelector: '[data-theme="dark"]', cssLayer: { name: 'primevue', order: 'base, primevue' } },
    },
    csp: { nonce: styleNonce() },
  })
  app.use(ToastService)
  app.directive('tooltip', Tooltip)
}
