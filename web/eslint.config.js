import { fileURLToPath } from 'node:url'
import js from '@eslint/js'
import boundaries from 'eslint-plugin-boundaries'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

const UI_ONLY = ['primevue', 'primevue/*', '@primevue/*', '@primeuix/*', '@lucide/*', '@codemirror/*', '@lezer/*', '@xterm/*', '@tanstack/vue-virtual']

export default tseslint.config(
  { ignores: ['dist/**', 'src/core/api/schema.d.ts'] },
  js.configs.recommended,
  tseslint.configs.strict,
  tseslint.configs.stylistic,
  vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    files: ['**/*.{ts,vue}'],
    // TypeScript itself finds names that do not exist.
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['scripts/**/*.{mjs,cjs}', '*.config.{js,ts}'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly', require: 'readonly', exports: 'writable', __dirname: 'readonly' } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['src/**/*.{ts,vue}'],
    plugins: { boundaries },
    settings: {
      'boundaries/root-path': fileURLToPath(new URL('.', import.meta.url)),
      'boundaries/elements': [
        { type: 'app', pattern: 'src/app' },
        { type: 'feature', pattern: 'src/feature/*', capture: ['name'] },
        { type: 'core', pattern: 'src/core' },
      ],
      'import/resolver': { [fileURLToPath(new URL('./scripts/resolver.cjs', import.meta.url))]: {} },
    },
    rules: {
      // app → feature → core, and a feature never imports another one.
      'boundaries/dependencies': ['error', {
        default: 'allow',
        policies: [
          { from: { element: { type: 'core' } }, disallow: { to: { element: { types: { anyOf: ['app', 'feature'] } } } } },
          { from: { element: { type: 'feature' } }, disallow: { to: { element: { types: { anyOf: ['app', 'feature'] } } } } },
          { from: { element: { type: 'feature' } }, allow: { to: { element: { type: 'feature', captured: { name: '{{from.element.captured.name}}' } } } } },
        ],
      }],
      'max-lines': ['error', { max: 400 }],
      'no-console': ['error', { allow: ['error'] }],
      eqeqeq: 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
      'vue/no-bare-strings-in-template': ['error', {
        allowlist: ['Kubemate', 'Ctrl', 'K', 'Esc', '/', '·', '–', '+', '*', ':', '(', ')', ',', '#', '%', '→', '▸', '=', '|', '×', '…', '[', ']', '{', '}', '"', '@', '>', '<'],
      }],
      'vue/require-default-prop': 'off',
      'vue/no-useless-v-bind': 'error',
      'vue/no-unused-refs': 'error',
      // Layout of the templates is the author's; these only count line breaks.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['warn', { html: { void: 'always', normal: 'always', component: 'always' }, svg: 'always' }],
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/attributes-order': 'off',
      'vue/attribute-hyphenation': ['warn', 'always', { ignore: ['ariaLabel'] }],
      // Single words are the names of pages' own small parts.
      'vue/multi-word-component-names': 'off',
    },
  },
  {
    files: ['src/**/*.test.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['src/app/**/*.{ts,vue}', 'src/feature/**/*.{ts,vue}'],
    rules: {
      'no-restricted-imports': ['error', {
        patterns: [
          { group: UI_ONLY, message: 'Components come from @/core/ui only, so that one folder changes when a library does.' },
          { group: ['@/core/*/*', '!@/core/ui/theme'], message: "Import from the part's index: @/core/ui, @/core/api, …" },
        ],
      }],
    },
  },
)
