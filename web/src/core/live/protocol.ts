/** The frames of subprotocol kubemate.live.v1; JSON, one per message. */
import type { Problem } from '../api'
import type { Job, ObjectDetail, ObjectRef, Page, PageState, Query, Row } from './model'

export const SUBPROTOCOL = 'kubemate.live.v1'
export const LIVE_PATH = '/api/v1/live'

/** What a subscription looks at. */
export type Target = { query: Query } | { object: ObjectRef } | { job: string }

/** Where a subscription left off; with it the server sends only what was missed. */
export interface Position {
  epoch: string
  seq: number
}

export type ClientFrame =
  | ({ op: 'sub'; id: string } & Target & Partial<Position>)
  | { op: 'unsub'; id: string }
  | { op: 'ping' }

export interface PatchFrame {
  op: 'patch'
  id: string
  epoch: string
  seq: number
  /** The sequence number that this patch builds upon. */
  prev: number
  total: number
  facets?: Page['facets']
  set?: Row[]
  del?: string[]
  /** The whole page's order by uid, sent when it changed. */
  order?: string[]
}

export type ByeReason = 'signed-out' | 'expired' | 'shutdown' | 'slow' | 'protocol'

export type ServerFrame =
  | { op: 'hello'; version: string; expires?: number | string; maxSubscriptions: number }
  | { op: 'page'; id: string; page: Page }
  | PatchFrame
  | { op: 'state'; id: string; state: PageState }
  | { op: 'object'; id: string; resourceVersion: string; detail: ObjectDetail }
  | { op: 'gone'; id: string }
  | { op: 'job'; id: string; job: Job }
  | { op: 'error'; id: string; problem: Problem }
  | { op: 'bye'; reason: ByeReason }
  | { op: 'pong' }

/** Frames that belong to one subscription. */
export type SubscriptionFrame = Extract<ServerFrame, { id: string }>

/** Reads a frame; null for what is none (a newer server may know more). */
export function parseFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null
  try {
    const frame: unknown = JSON.parse(data)
    if (typeof frame !== 'object' || frame === null || !('op' in frame)) return null
    return frame as ServerFrame
  } catch {
    return null
  }
}
