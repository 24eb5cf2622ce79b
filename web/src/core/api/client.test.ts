import { afterEach, describe, expect, it, vi } from 'vitest'
import { api, configureApi, fetchApi, unwrap } from './client'
import { ApiProblem, problemFrom, toProblem } from './problem'

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = body === undefined ? null : JSON.stringify(body)
  const calls: Request[] = []
  vi.stubGlobal('fetch', (input: Request | string, init?: RequestInit) => {
    calls.push(input instanceof Request ? input : new Request(new URL(input, 'http://localhost/'), init))
    return Promise.resolve(new Response(status === 204 ? null : text, { status, headers: { 'Content-Type': 'application/json', ...headers } }))
  })
  return calls
}

afterEach(() => {
  vi.unstubAllGlobals()
  configureApi({ csrf: () => '', onUnauthenticated: () => undefined })
})

describe('api', () => {
  it('gives the body of a success', async () => {
    answer(200, { users: [] })
    await expect(unwrap(api.GET('/api/v1/users'))).resolves.toEqual({ users: [] })
  })

  it('sends the token with changes and not with reads', async () => {
    configureApi({ csrf: () => 'token-1', onUnauthenticated: () => undefined })
    const calls = answer(200, {})
    await api.GET('/api/v1/users')
    await api.POST('/api/v1/auth/sign-out')
    await fetchApi('/api/v1/x', { method: 'PUT' })
    expect(calls.map((call) => call.headers.get('X-Kubemate-CSRF'))).toEqual([null, 'token-1', 'token-1'])
  })

  it('throws the problem of a refusal, with its further members', async () => {
    answer(409, { title: 'Conflict', status: 409, detail: 'changed meanwhile', hint: 'compare', object: 'pods a/b', fields: [{ path: 'spec', message: 'bad' }], code: 'conflict', current: 'kind: Pod' }, { 'X-Request-Id': 'r1' })
    const thrown = await unwrap(api.GET('/api/v1/users')).catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(ApiProblem)
    expect(thrown).toMatchObject({ status: 409, conflict: true, detail: 'changed meanwhile', hint: 'compare', object: 'pods a/b', requestId: 'r1', code: 'conflict', extra: { current: 'kind: Pod' } })
  })

  it('ends the session on 401, but not when the sign-in itself is refused', async () => {
    const ended = vi.fn()
    configureApi({ csrf: () => '', onUnauthenticated: ended })
    answer(401, { title: 'no', status: 401, detail: 'no' })
    await unwrap(api.GET('/api/v1/users')).catch(() => undefined)
    expect(ended).toHaveBeenCalledTimes(1)
    await api.POST('/api/v1/auth/sign-in', { body: { username: 'a', password: 'b' } }).catch(() => undefined)
    expect(ended).toHaveBeenCalledTimes(1)
  })

  it('makes a problem of an answer that is none', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('<html>Bad gateway', { status: 502, headers: { 'Content-Type': 'text/html' } })))
    await expect(fetchApi('/api/v1/x')).rejects.toMatchObject({ status: 502, detail: '<html>Bad gateway' })
  })
})

describe('problems', () => {
  it('takes a failed fetch as unreachable', () => {
    expect(toProblem(new TypeError('Failed to fetch')).unreachable).toBe(true)
  })

  it('keeps a problem, and wraps other errors', () => {
    const problem = problemFrom({ title: 'a', detail: 'b' }, 500)
    expect(toProblem(problem)).toBe(problem)
    expect(toProblem(new Error('boom'))).toMatchObject({ detail: 'boom', unreachable: false })
    expect(toProblem('boom').detail).toBe('boom')
  })

  it.each([null, undefined, '', 'text', 5, [], { fields: 'x' }, { fields: [null, 1, {}] }, { status: 'x' }])('survives the body %j', (body) => {
    expect(problemFrom(body, 500, 'r')).toMatchObject({ status: 500, requestId: 'r' })
  })
})
