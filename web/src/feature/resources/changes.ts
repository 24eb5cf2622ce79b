import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { api, unwrap } from '@/core/api'
import type { ObjectRef } from '@/core/live'
import { objectKey, pathOf } from './queries'

const OBJECT = '/api/v1/clusters/{cluster}/resources/{resource}/objects/{ns}/{name}' as const

/** Verbs on one object that need nothing more than its name. */
export type PlainAction = 'restart' | 'pause' | 'resume' | 'trigger' | 'cordon' | 'uncordon'

function useChange<In extends { ref: ObjectRef }, Out>(change: (input: In) => Promise<Out>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: (_out, _error, { ref }) => client.invalidateQueries({ queryKey: objectKey(ref) }),
  })
}

export function usePlainAction() {
  return useChange(({ ref, action }: { ref: ObjectRef; action: PlainAction }) => unwrap(api.POST(`${OBJECT}/${action}`, { params: { path: pathOf(ref) } })))
}

export function useScale() {
  return useChange(({ ref, replicas }: { ref: ObjectRef; replicas: number }) => unwrap(api.POST(`${OBJECT}/scale`, { params: { path: pathOf(ref) }, body: { replicas } })))
}

export type Propagation = 'Background' | 'Foreground' | 'Orphan'

export function useDelete() {
  return useChange(({ ref, ...query }: { ref: ObjectRef; propagation: Propagation; uid?: string }) =>
    unwrap(api.DELETE(OBJECT, { params: { path: pathOf(ref), query } })),
  )
}

export function useEdit() {
  return useChange(({ ref, ...body }: { ref: ObjectRef; yaml: string; resourceVersion: string; dryRun: boolean }) => unwrap(api.PUT(OBJECT, { params: { path: pathOf(ref) }, body })))
}

export function useUndo() {
  return useChange(({ ref, ...body }: { ref: ObjectRef; toRevision: number; dryRun: boolean }) => unwrap(api.POST(`${OBJECT}/rollout/undo`, { params: { path: pathOf(ref) }, body })))
}

export function useApply() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ cluster, ...body }: { cluster: string; yaml: string; namespace: string; dryRun: boolean; mode: 'create' | 'apply'; force?: boolean }) =>
      unwrap(api.POST('/api/v1/clusters/{cluster}/objects', { params: { path: { cluster } }, body })),
    onSettled: (_out, _error, input) => (input.dryRun ? undefined : client.invalidateQueries({ queryKey: ['object', input.cluster] })),
  })
}

export type BulkAction = 'delete' | 'restart' | 'scale' | 'pause' | 'resume' | 'cordon' | 'uncordon' | 'label' | 'annotate'

export interface BulkInput {
  cluster: string
  action: BulkAction
  objects: { resource: string; namespace?: string; name: string; uid?: string }[]
  params?: { replicas?: number; propagation?: Propagation; set?: Record<string, string | null> }
}

export function useBulk() {
  return useMutation({
    mutationFn: ({ cluster, ...body }: BulkInput) => unwrap(api.POST('/api/v1/clusters/{cluster}/bulk', { params: { path: { cluster } }, body })),
  })
}
