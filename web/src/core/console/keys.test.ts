import { describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { makeKeyHandler, useShortcuts } from './keys'

function press(handler: (event: KeyboardEvent) => void, key: string, init: KeyboardEventInit = {}, target: HTMLElement = document.body): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init })
  Object.defineProperty(event, 'target', { value: target })
  handler(event)
  return event
}

describe('shortcuts', () => {
  it('run single keys, combinations and sequences, while their component lives', () => {
    let now = 0
    const runs: string[] = []
    const scope = effectScope()
    scope.run(() => useShortcuts(['/', 'Ctrl+K', 'g p'].map((keys) => ({ keys, text: '', run: () => runs.push(keys) }))))
    const handler = makeKeyHandler(() => now)
    press(handler, '/')
    press(handler, 'k', { ctrlKey: true })
    press(handler, 'g')
    press(handler, 'p')
    expect(runs).toEqual(['/', 'Ctrl+K', 'g p'])
    press(handler, 'g')
    now += 2000
    press(handler, 'p')
    expect(runs).toHaveLength(3)
    scope.stop()
    press(handler, '/')
    expect(runs).toHaveLength(3)
  })

  it('leave writing alone, but for combinations', () => {
    const run = vi.fn()
    const scope = effectScope()
    scope.run(() => useShortcuts(['/', 'Ctrl+K'].map((keys) => ({ keys, text: '', run }))))
    const handler = makeKeyHandler(() => 0)
    const input = document.body.appendChild(document.createElement('input'))
    expect(press(handler, '/', {}, input).defaultPrevented).toBe(false)
    expect(run).not.toHaveBeenCalled()
    expect(press(handler, 'k', { ctrlKey: true }, input).defaultPrevented).toBe(true)
    expect(run).toHaveBeenCalledTimes(1)
    scope.stop()
  })
})
