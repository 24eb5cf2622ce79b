import { expect, it } from 'vitest'
import { csvParams } from './csv'

it('asks for what the list shows, without its page', () => {
  const params = csvParams({
    cluster: 'local', resource: 'pods', namespaces: ['a', 'b'], q: 'web', labels: 'app=x', sort: 'restarts', desc: true, offset: 100, limit: 50,
    filters: [{ column: 'status', op: '=', values: ['Running', 'Pending'] }], columns: ['name', 'node'],
  })
  expect(params.getAll('namespace')).toEqual(['a', 'b'])
  expect(params.getAll('filter')).toEqual(['status=Running,Pending'])
  expect(params.get('columns')).toBe('name,node')
  expect(params.get('desc')).toBe('true')
  expect(params.has('offset')).toBe(false)
  expect(params.has('limit')).toBe(false)
})
