/** One wrong field of the input. */
export interface ProblemField {
  path: string
  message: string
}

/** An RFC 9457 problem as the server writes it. Further members stay in `extra`. */
export interface Problem {
  title: string
  status: number
  detail: string
  hint?: string
  object?: string
  fields?: ProblemField[]
  requestId?: string
  code?: string
}

/** What went wrong with a call: names the object, the cause, the next step and the request id. */
export class ApiProblem extends Error implements Problem {
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly hint: string | undefined
  readonly object: string | undefined
  readonly fields: ProblemField[]
  readonly requestId: string | undefined
  readonly code: string
  /** Members of the problem beyond the ones above, for instance "current" of a conflict. */
  readonly extra: Readonly<Record<string, unknown>>

  constructor(problem: Problem, extra: Record<string, unknown> = {}) {
    super(problem.detail || problem.title)
    this.name = 'ApiProblem'
    this.title = problem.title
    this.status = problem.status
    this.detail = problem.detail
    this.hint = problem.hint
    this.object = problem.object
    this.fields = problem.fields ?? []
    this.requestId = problem.requestId
    this.code = problem.code ?? ''
    this.extra = extra
  }

  /** The server could not be reached at all. */
  get unreachable(): boolean {
    return this.status === 0
  }

  get forbidden(): boolean {
    return this.status === 403
  }

  get notFound(): boolean {
    return this.status === 404
  }

  get conflict(): boolean {
    return this.status === 409
  }
}

const KNOWN = new Set(['type', 'title', 'status', 'detail', 'hint', 'object', 'fields', 'requestId', 'code'])

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function fieldsOf(value: unknown): ProblemField[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) return []
    const { path, message } = item as Record<string, unknown>
    return [{ path: text(path) ?? '', message: text(message) ?? '' }]
  })
}

/** Reads a problem document; anything else becomes a problem that tells status and request id. */
export function problemFrom(body: unknown, status: number, requestId?: string): ApiProblem {
  if (typeof body !== 'object' || body === null) {
    const detail = text(body)?.slice(0, 500) ?? ''
    return new ApiProblem({ title: `HTTP ${status}`, status, detail, requestId })
  }
  const doc = body as Record<string, unknown>
  const extra = Object.fromEntries(Object.entries(doc).filter(([key]) => !KNOWN.has(key)))
  return new ApiProblem(
    {
      title: text(doc['title']) ?? `HTTP ${status}`,
      status: typeof doc['status'] === 'number' ? doc['status'] : status,
      detail: text(doc['detail']) ?? '',
      hint: text(doc['hint']),
      object: text(doc['object']),
      fields: fieldsOf(doc['fields']),
      requestId: text(doc['requestId']) ?? requestId,
      code: text(doc['code']),
    },
    extra,
  )
}

/** Makes a problem of whatever was thrown; a failed fetch becomes status 0, "unreachable". */
export function toProblem(thrown: unknown): ApiProblem {
  if (thrown instanceof ApiProblem) return thrown
  if (thrown instanceof TypeError) {
    return new ApiProblem({ title: 'unreachable', status: 0, detail: '', code: 'unreachable' })
  }
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  return new ApiProblem({ title: 'error', status: -1, detail, code: 'client' })
}
