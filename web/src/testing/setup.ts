import { afterEach } from 'vitest'
import { enableAutoUnmount } from '@vue/test-utils'

afterEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  document.body.innerHTML = ''
})

// The browser's own; the test's page has no layout, so nothing is ever resized.
globalThis.ResizeObserver ??= class {
  observe(): void {
    // nothing changes its size
  }
  unobserve(): void {
    // nothing was observed
  }
  disconnect(): void {
    // nothing was observed
  }
}

// Tests have no layout; lists that draw only what is in view need a size.
for (const [name, value] of [['Width', 1200], ['Height', 800]] as const) {
  for (const kind of ['client', 'offset']) {
    Object.defineProperty(HTMLElement.prototype, `${kind}${name}`, { configurable: true, get: () => value })
  }
}

// Last, so that it runs first: hooks run in the order opposite to their making.
enableAutoUnmount(afterEach)
