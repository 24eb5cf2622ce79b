import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { linter, lintGutter, type Diagnostic } from '@codemirror/lint'
import { unifiedMergeView } from '@codemirror/merge'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension, type Text } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { yamlMarks, type YamlMark } from './lint'

export interface EditorOptions {
  parent: HTMLElement
  text: string
  readOnly: boolean
  /** Shows what differs from this text. */
  original: string | null
  label: string
  nonce: string | undefined
  /** Further marks, such as what the server refused. */
  marks: () => YamlMark[]
  onChange: (text: string) => void
  onSave: () => void
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--km-accent-ink)' },
  { tag: [tags.string, tags.content], color: 'var(--km-ink)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--km-progress)' },
  { tag: tags.comment, color: 'var(--km-ink-3)', fontStyle: 'italic' },
  { tag: [tags.meta, tags.labelName, tags.typeName], color: 'var(--km-warning)' },
])

const look = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--km-surface)', color: 'var(--km-ink)', fontSize: '0.8125rem' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--km-mono)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'var(--km-sunken)', color: 'var(--km-ink-3)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--km-accent) 7%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--km-ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--km-accent-line)' },
  '.cm-panels': { backgroundColor: 'var(--km-sunken)', color: 'var(--km-ink)' },
  '.cm-tooltip': { backgroundColor: 'var(--km-raised)', border: '1px solid var(--km-line)', color: 'var(--km-ink)' },
  '.cm-changedLine, &.cm-merge-b .cm-changedLine': { backgroundColor: 'var(--km-ok-tint)' },
  '&.cm-merge-b .cm-changedText, .cm-changedText': { background: 'color-mix(in srgb, var(--km-ok-mark) 30%, transparent)' },
  '.cm-deletedChunk': { backgroundColor: 'var(--km-error-tint)' },
  '.cm-deletedChunk .cm-deletedText': { background: 'color-mix(in srgb, var(--km-error-mark) 30%, transparent)' },
  '.cm-collapsedLines': { background: 'var(--km-sunken)', color: 'var(--km-ink-3)' },
})

function toDiagnostic(doc: Text, mark: YamlMark): Diagnostic {
  const line = doc.line(Math.max(1, Math.min(mark.line, doc.lines)))
  const from = Math.min(line.from + Math.max(0, mark.column - 1), line.to)
  return { from, to: Math.max(from, line.to), severity: mark.severity, message: mark.message }
}

function lint(marks: () => YamlMark[]): Extension {
  const find = (view: EditorView): Diagnostic[] => {
    const all = [...yamlMarks(view.state.doc.toString()), ...marks()]
    return all.map((mark) => toDiagnostic(view.state.doc, mark))
  }
  return [linter(find, { delay: 300 }), lintGutter()]
}

/** Makes a CodeMirror editor for YAML. Destroy it with the component. */
export function makeEditor(options: EditorOptions): EditorView {
  const save = { key: 'Mod-s', preventDefault: true, run: () => (options.onSave(), true) }
  const extensions: Extension[] = [
    options.nonce ? EditorView.cspNonce.of(options.nonce) : [],
    lineNumbers(), foldGutter(), highlightActiveLineGutter(), highlightActiveLine(), history(), drawSelection(), indentOnInput(), bracketMatching(),
    closeBrackets(), highlightSelectionMatches(), search({ top: true }), yaml(), syntaxHighlighting(colours), look,
    keymap.of([save, ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...(options.readOnly ? [] : [indentWithTab])]),
    EditorState.tabSize.of(2),
    EditorState.readOnly.of(options.readOnly),
    // The tab index makes a read-only text scrollable by keyboard too.
    EditorView.contentAttributes.of({ 'aria-label': options.label, tabindex: '0' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange(update.state.doc.toString())
    }),
    options.readOnly ? [] : lint(options.marks),
    options.original === null ? [] : unifiedMergeView({ original: options.original, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } }),
  ]
  return new EditorView({ parent: options.parent, state: EditorState.create({ doc: options.text, extensions }) })
}
