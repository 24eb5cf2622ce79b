import { describe, expect, it } from 'vitest'
import { computed, ref } from 'vue'
import { formatFilter, parseFilter, useFilters, withValue } from './filters'

describe('parseFilter', () => {
  it.each([
    ['status=Running,Pending', { column: 'status', op: '=', values: ['Running', 'Pending'] }],
    ['node!=a', { column: 'node', op: '!=', values: ['a'] }],
    ['restarts>=5', { column: 'restarts', op: '>=', values: ['5'] }],
    ['restarts>5', { column: 'restarts', op: '>', values: ['5'] }],
    ['image=a=b', { column: 'image', op: '=', values: ['a=b'] }],
  ])('reads %s', (text, filter) => {
    expect(parseFilter(text)).toEqual(filter)
    expect(formatFilter(filter as never)).toBe(text)
  })

  it.each(['', 'status', '=x', '!x', 'a!b'])('refuses %j', (text) => {
    expect(parseFilter(text)).toBeNull()
  })
})

describe('withValue', () => {
  it('adds to, takes from and drops the condition of a column', () => {
    const one = withValue([], 'status', 'Running', true)
    const two = withValue(one, 'status', 'Failed', true)
    expect(two.map(formatFilter)).toEqual(['status=Running,Failed'])
    expect(withValue(two, 'status', 'Running', false).map(formatFilter)).toEqual(['status=Failed'])
    expect(withValue(one, 'status', 'Running', false)).toEqual([])
  })

  it('leaves other conditions alone', () => {
    const filters = [parseFilter('restarts>5')!]
    expect(withValue(filters, 'restarts', '7', true).map(formatFilter)).toEqual(['restarts>5', 'restarts=7'])
  })
})

describe('useFilters', () => {
  it('writes back as texts and forgets what it cannot read', () => {
    const texts = ref(['status=Running', 'nonsense'])
    const filters = useFilters(computed({ get: () => texts.value, set: (next) => (texts.value = next) }))
    expect(filters.chosen('status')).toEqual(['Running'])
    filters.toggle('node', 'a', true)
    expect(texts.value).toEqual(['status=Running', 'node=a'])
    filters.remove(filters.filters.value[0]!)
    expect(texts.value).toEqual(['node=a'])
    filters.clear()
    expect(texts.value).toEqual([])
  })
})
