import type { Answer } from '@/core/api'

type Object_ = '/api/v1/clusters/{cluster}/resources/{resource}/objects/{ns}/{name}'

export type KindInfo = NonNullable<Answer<'/api/v1/clusters/{cluster}/kinds', 'get'>['kinds']>[number]
export type OwnerNode = Answer<`${Object_}/owners`, 'get'>
export type Why = Answer<`${Object_}/why`, 'get'>
export type WhyCause = NonNullable<Why['causes']>[number]
export type Rollout = Answer<`${Object_}/rollout`, 'get'>
export type Revision = NonNullable<Rollout['revisions']>[number]
export type ApplyResults = Answer<'/api/v1/clusters/{cluster}/objects', 'post'>
export type ApplyResult = NonNullable<ApplyResults['results']>[number]
export type EditResult = Answer<Object_, 'put'>
export type BulkResults = Answer<'/api/v1/clusters/{cluster}/bulk', 'post'>
/** A JSON schema of a kind, as far as the console reads it. */
export interface JsonSchema {
  type?: string | string[]
  description?: string
  properties?: Record<string, JsonSchema>
  items?: JsonSchema
  additionalProperties?: JsonSchema | boolean
  required?: string[]
  enum?: unknown[]
  $ref?: string
  allOf?: JsonSchema[]
  $defs?: Record<string, JsonSchema>
  definitions?: Record<string, JsonSchema>
  'x-kubernetes-preserve-unknown-fields'?: boolean
  'x-kubernetes-int-or-string'?: boolean
}
