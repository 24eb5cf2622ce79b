import type { paths } from './schema'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Success = 200 | 201 | 202

type BodyOf<Operation> = Operation extends { responses: infer R }
  ? { [S in keyof R & Success]: R[S] extends { content: { 'application/json': infer B } } ? B : never }[keyof R & Success]
  : never

/** The body of an operation's success: Answer<'/api/v1/users', 'get'>. */
export type Answer<P extends keyof paths, M extends Method> = M extends keyof paths[P] ? BodyOf<paths[P][M]> : never
