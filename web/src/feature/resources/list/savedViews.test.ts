import { describe, expect, it } from 'vitest'
import { plainQuery, readViews, useSavedViews } from './savedViews'

function memory(initial: Record<string, string> = {}) {
  const data = new Map(Object.entries(initial))
  return { getItem: (key: string) => data.get(key) ?? null, setItem: (key: string, value: string) => void data.set(key, value) }
}

describe('useSavedViews', () => {
  it('keeps views per user, replacing one of the same name', () => {
    const storage = memory()
    const mine = useSavedViews('ann', storage)
    mine.save({ name: 'bad pods', path: '/c/local/r/pods', query: { filter: 'status=Failed' } })
    mine.save({ name: 'bad pods', path: '/c/local/r/pods', query: { filter: 'status=Error' } })
    expect(useSavedViews('ann', storage).views.value).toEqual([{ name: 'bad pods', path: '/c/local/r/pods', query: { filter: 'status=Error' } }])
    expect(useSavedViews('bob', storage).views.value).toEqual([])
    mine.remove('bad pods')
    expect(useSavedViews('ann', storage).views.value).toEqual([])
  })

  it.each(['nonsense', '{}', '[1,null,{"name":"x"},{"name":"y","path":"//evil","query":null}]'])('survives %s in the storage', (text) => {
    expect(readViews(memory({ k: text }), 'k')).toEqual([])
  })
})

it('plainQuery drops empty values and the page', () => {
  expect(plainQuery({ ns: ['a', null], q: '', sort: 'age', offset: '200' })).toEqual({ ns: ['a'], sort: 'age' })
})
