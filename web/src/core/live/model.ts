import type { components } from '../api'

/** One object in one cluster. */
export interface ObjectRef {
  cluster: string
  /** Plural and group: pods, deployments.apps */
  resource: string
  namespace?: string
  name: string
}

/** How good a state is; colour, shape and word follow from it. */
export type Tone = 'ok' | 'progress' | 'warning' | 'error' | 'neutral'

/** How the cells of a column are encoded, sorted and shown. */
export type ColumnType = 'text' | 'number' | 'time' | 'cpu' | 'bytes' | 'status' | 'list' | 'labels' | 'fraction'

export interface Column {
  id: string
  type: ColumnType
  /** English title; the console translates the ids that it knows. */
  title: string
  sortable: boolean
  filterable: boolean
  facet: boolean
  /** Shown only when asked for. */
  wide: boolean
}

/**
 * One cell: text → string, number → number, time → Unix seconds, cpu → millicores, bytes → bytes,
 * status → [tone, text], list → strings, labels → map, fraction → [number, of]; null = no value.
 */
export type Cell = string | number | null | string[] | [number, number] | Record<string, string>

export interface Row {
  uid: string
  namespace?: string
  name: string
  /** In the order of Page.columns. */
  cells: Cell[]
}

export interface Filter {
  column: string
  op: '=' | '!=' | '>' | '>=' | '<' | '<='
  values: string[]
}

/** Asks for one page of one kind in one cluster. */
export interface Query {
  cluster: string
  resource: string
  /** Empty or missing: every visible one. */
  namespaces?: string[]
  /** Substring of name, namespace or status. */
  q?: string
  /** Label selector. */
  labels?: string
  filters?: Filter[]
  /** uid of a controller owner. */
  owner?: string
  sort?: string
  desc?: boolean
  offset?: number
  /** 100 when missing, at most 500. */
  limit?: number
  columns?: string[]
}

/** How fresh a page is. */
export interface PageState {
  phase: 'loading' | 'live' | 'stale'
  /** Unix seconds when the phase began. */
  since: number
  cause?: string
}

export interface Page {
  cluster: string
  resource: string
  epoch: string
  seq: number
  total: number
  offset: number
  columns: Column[]
  rows: Row[]
  /** Column → value → count among the matches. */
  facets: Record<string, Record<string, number>>
  state: PageState
}

/** One kind that a cluster serves. */
export interface Kind {
  resource: string
  group: string
  version: string
  plural: string
  kind: string
  namespaced: boolean
  custom: boolean
  verbs: string[]
  shortNames: string[]
  categories: string[]
  subresources: string[]
}

/** Details of one object; the shape of GET {obj}. */
export interface ObjectDetail {
  ref: ObjectRef
  kind: Kind
  uid: string
  resourceVersion: string
  status: [Tone, string]
  object: Record<string, unknown>
  /** Values of a Secret were taken out. */
  redacted: boolean
  conditions: Condition[]
  can: Record<string, boolean>
  actions: string[]
  stale?: PageState
}

export interface Condition {
  type: string
  status: string
  tone: Tone
  reason?: string
  message?: string
  since?: string
}

/** One long work with its stages and the objects it handles. */
export type Job = components['schemas']['Job']
