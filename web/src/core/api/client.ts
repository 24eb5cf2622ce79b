import createClient, { type Middleware } from 'openapi-fetch'
import { apiUrl, basePath } from './base'
import { problemFrom } from './problem'
import type { paths } from './schema'

interface ApiHooks {
  /** The token that changes need in X-Kubemate-CSRF; empty before sign-in. */
  csrf: () => string
  /** The session has ended; the page must lead to sign-in. */
  onUnauthenticated: () => void
}

let hooks: ApiHooks = { csrf: () => '', onUnauthenticated: () => undefined }

/** Connects the client with the session; the shell calls it once. */
export function configureApi(next: ApiHooks): void {
  hooks = next
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Headers that a call needs; for calls that don't go through the typed client. */
export function changeHeaders(method: string): Record<string, string> {
  return SAFE.has(method) ? {} : { 'X-Kubemate-CSRF': hooks.csrf() }
}

/** Throws the answer's problem unless it succeeded. A 401 outside sign-in ends the session here. */
async function check(response: Response, address: string): Promise<void> {
  if (response.ok) return
  const requestId = response.headers.get('X-Request-Id') ?? undefined
  const isJson = response.headers.get('Content-Type')?.includes('json') ?? false
  let body: unknown
  try {
    body = isJson ? await response.clone().json() : await response.clone().text()
  } catch {
    body = '' // a cut-off answer; status and request id still tell
  }
  if (response.status === 401 && !address.includes('/api/v1/auth/sign-in')) hooks.onUnauthenticated()
  throw problemFrom(body, response.status, requestId)
}

const border: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(changeHeaders(request.method))) request.headers.set(name, value)
    return request
  },
  async onResponse({ request, response }) {
    await check(response, request.url)
    return undefined
  },
}

/** The typed client of the whole API. A failed call throws ApiProblem. */
export const api = createClient<paths>({ baseUrl: basePath().replace(/\/$/, ''), fetch: (request) => fetch(request) })
api.use(border)

/** The body of a successful answer; `await unwrap(api.GET(…))`. */
export async function unwrap<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call
  return data as T
}

/** A call outside the typed client (streams, text bodies) with the same errors and headers. */
export async function fetchApi(path: string, init: RequestInit = {}): Promise<Response> {
  const method = init.method ?? 'GET'
  const headers = new Headers(init.headers)
  for (const [name, value] of Object.entries(changeHeaders(method))) headers.set(name, value)
  const response = await fetch(apiUrl(path), { ...init, headers, credentials: 'same-origin' })
  await check(response, path)
  return response
}
