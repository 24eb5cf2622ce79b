import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { TEMPLATES, templateOf } from './templates'

it.each(TEMPLATES.map((template) => [template.kind, template] as const))('the template of a %s is YAML of that kind', (kind, template) => {
  const object = parse(templateOf(template.resource, 'bank')) as { kind: string; apiVersion: string; metadata: { name: string; namespace?: string } }
  expect(object.kind).toBe(kind)
  expect(object.apiVersion).toBeTruthy()
  expect(object.metadata.namespace).toBe(template.namespaced ? 'bank' : undefined)
})

it('begins any other kind with its head', () => {
  expect(templateOf('widgets.acme.io', 'bank', { kind: 'Widget', group: 'acme.io', version: 'v1', namespaced: true })).toContain('apiVersion: acme.io/v1\nkind: Widget')
  expect(templateOf('widgets.acme.io', 'bank')).toBe('')
})
