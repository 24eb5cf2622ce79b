import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp } from 'vue'
import { problemFrom } from '@/core/api'
import type { EditResult } from '../types'
import { useYamlEdit, type YamlEdit } from './useYamlEdit'

const { put, fetchApi } = vi.hoisted(() => ({ put: vi.fn(), fetchApi: vi.fn() }))
vi.mock('@/core/api', async (original) => ({ ...(await original<object>()), api: { PUT: put }, fetchApi, unwrap: (answer: unknown) => answer }))

const ref = { cluster: 'local', resource: 'deployments.apps', namespace: 'bank', name: 'web' }
const yaml = (replicas: number, version: string, image = 'a:1'): string => `metadata:\n  resourceVersion: "${version}"\nspec:\n  replicas: ${replicas}\n  image: ${image}\n`
const answer = (text: string, version: string) => ({ text: () => Promise.resolve(text), headers: new Headers({ ETag: `"${version}"` }) })
const conflict = (current: string, resourceVersion: string) => problemFrom({ title: 'Conflict', status: 409, detail: 'changed', current, resourceVersion }, 409)
const done = { changed: true, resourceVersion: '9' } as EditResult

function make(): YamlEdit {
  let edit!: YamlEdit
  const app = createApp({ setup: () => ((edit = useYamlEdit(() => ref)), () => null) })
  app.use(VueQueryPlugin, { queryClient: new QueryClient() })
  app.mount(document.createElement('div'))
  return edit
}

describe('useYamlEdit', () => {
  beforeEach(() => {
    put.mockReset()
    fetchApi.mockReset().mockResolvedValue(answer(yaml(1, '1'), '1'))
  })

  it('checks before it saves, with the version that the text was made from', async () => {
    const edit = make()
    await edit.load()
    expect(edit.dirty.value).toBe(false)
    edit.text.value = yaml(3, '1')
    put.mockResolvedValue(done)
    await edit.check()
    expect(edit.stage.value).toBe('review')
    expect(put.mock.calls[0]?.[1].body).toMatchObject({ dryRun: true, resourceVersion: '1' })
    await edit.save()
    expect(put.mock.calls[1]?.[1].body.dryRun).toBe(false)
    expect(edit.stage.value).toBe('edit')
  })

  it('takes over changes that only a controller made', async () => {
    const edit = make()
    await edit.load()
    edit.text.value = yaml(3, '1')
    put.mockRejectedValueOnce(conflict(`${yaml(1, '2')}status:\n  ready: 1\n`, '2')).mockResolvedValueOnce(done)
    await edit.check()
    expect(edit.stage.value).toBe('review')
    expect(put.mock.calls[1]?.[1].body.resourceVersion).toBe('2')
    expect(put.mock.calls[1]?.[1].body.yaml).toContain('replicas: 3')
  })

  it('asks when somebody else edited too, and loses neither edit', async () => {
    const edit = make()
    await edit.load()
    edit.text.value = yaml(3, '1')
    put.mockRejectedValueOnce(conflict(yaml(5, '2', 'b:2'), '2'))
    await edit.check()
    expect(edit.stage.value).toBe('collision')
    expect(edit.collision.value?.merge.conflicts.map((each) => each.path)).toEqual(['spec.replicas'])
    edit.takeMerged(edit.collision.value?.merge.merged)
    expect(edit.text.value).toContain('replicas: 3')
    expect(edit.text.value).toContain('b:2')
    expect(edit.base.value?.resourceVersion).toBe('2')
  })

  it('keeps the text when the server refuses it', async () => {
    const edit = make()
    await edit.load()
    edit.text.value = 'spec: wrong'
    put.mockRejectedValueOnce(problemFrom({ title: 'Unprocessable', status: 422, detail: 'no' }, 422))
    await edit.check()
    expect(edit.stage.value).toBe('edit')
    expect(edit.problem.value?.status).toBe(422)
    expect(edit.text.value).toBe('spec: wrong')
  })
})
