import { FitAddon } from '@xterm/addon-fit'
import { Terminal, type ITheme } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'

const THEME: ITheme = {
  background: '#10141b', foreground: '#d9dee7', cursor: '#d9dee7', selectionBackground: '#3b4660',
  black: '#1b212b', red: '#ff8f87', green: '#7fd99f', yellow: '#f0c566', blue: '#8db8ff', magenta: '#dba5ef', cyan: '#76d6dd', white: '#d9dee7',
  brightBlack: '#8b95a5', brightRed: '#ffaaa4', brightGreen: '#a0e8ba', brightYellow: '#f7d78c', brightBlue: '#b0ceff', brightMagenta: '#e8c3f6',
  brightCyan: '#9de6eb', brightWhite: '#ffffff',
}

/**
 * xterm writes its own style elements when it opens; under the page's policy they need the
 * answer's nonce, which its own hook (documentOverride) gives to only some of them.
 */
function withNonce(nonce: string | undefined, open: () => void): void {
  if (!nonce) return open()
  const create = document.createElement.bind(document)
  document.createElement = ((tag: string, options?: ElementCreationOptions) => {
    const element = create(tag, options)
    if (tag === 'style') element.nonce = nonce
    return element
  }) as typeof document.createElement
  try {
    open()
  } finally {
    Reflect.deleteProperty(document, 'createElement') // the prototype's own is back
  }
}

export interface TerminalOptions {
  host: HTMLElement
  nonce: string | undefined
  onData: (data: string) => void
  onResize: (cols: number, rows: number) => void
}

export interface TerminalHandle {
  write(data: Uint8Array | string): void
  focus(): void
  dispose(): void
}

/** Opens a terminal that keeps to its host's size. */
export function openTerminal({ host, nonce, onData, onResize }: TerminalOptions): TerminalHandle {
  const mono = getComputedStyle(document.documentElement).getPropertyValue('--km-mono')
  const terminal = new Terminal({
    theme: THEME,
    fontFamily: mono,
    fontSize: 13,
    scrollback: 10_000,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    screenReaderMode: false,
  })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  withNonce(nonce, () => terminal.open(host))
  terminal.onData(onData)
  terminal.onResize(({ cols, rows }) => onResize(cols, rows))
  const observer = new ResizeObserver(() => fit.fit())
  observer.observe(host)
  fit.fit()
  onResize(terminal.cols, terminal.rows)
  return {
    write: (data) => terminal.write(data),
    focus: () => terminal.focus(),
    dispose: () => {
      observer.disconnect()
      terminal.dispose()
    },
  }
}
