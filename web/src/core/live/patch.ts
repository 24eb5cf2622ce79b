import type { Page, Row } from './model'
import type { PatchFrame } from './protocol'

/**
 * Applies a patch to a page. Rows that did not change stay the same objects, so that only
 * changed lines are drawn again. null: the patch does not fit (a gap), ask for all anew.
 */
export function applyPatch(page: Page, patch: PatchFrame): Page | null {
  if (patch.epoch !== page.epoch || patch.prev !== page.seq) return null
  const rows = patchRows(page.rows, patch)
  if (rows === null) return null
  return { ...page, seq: patch.seq, total: patch.total, facets: patch.facets ?? page.facets, rows }
}

function patchRows(old: Row[], patch: PatchFrame): Row[] | null {
  if (!patch.set?.length && !patch.del?.length && !patch.order) return old
  const byUid = new Map(old.map((row) => [row.uid, row]))
  for (const uid of patch.del ?? []) byUid.delete(uid)
  for (const row of patch.set ?? []) byUid.set(row.uid, row)
  if (!patch.order) return [...byUid.values()]
  const rows: Row[] = []
  for (const uid of patch.order) {
    const row = byUid.get(uid)
    if (!row) return null // an order that names a row which never came
    rows.push(row)
  }
  return rows
}
