import { computed, type WritableComputedRef } from 'vue'
import type { Filter } from '@/core/live'

const OPS: readonly Filter['op'][] = ['!=', '>=', '<=', '=', '>', '<']

/** Reads one condition as it stands in the address: "status=Running,Pending", "restarts>5". null if it is none. */
export function parseFilter(text: string): Filter | null {
  const from = text.search(/[=!<>]/)
  if (from <= 0) return null
  const op = OPS.find((each) => text.startsWith(each, from))
  const column = text.slice(0, from).trim()
  if (!op || !column) return null
  const rest = text.slice(from + op.length)
  const values = (op === '=' || op === '!=' ? rest.split(',') : [rest]).map((value) => value.trim())
  return { column, op, values }
}

export function formatFilter(filter: Filter): string {
  return `${filter.column}${filter.op}${filter.values.join(',')}`
}

/** The filters with one more or one less value that a column may have; a column without values is not filtered. */
export function withValue(filters: readonly Filter[], column: string, value: string, on: boolean): Filter[] {
  const present = filters.find((each) => each.column === column && each.op === '=')
  const values = (present?.values ?? []).filter((each) => each !== value)
  if (on) values.push(value)
  const others = filters.filter((each) => each !== present)
  return values.length > 0 ? [...others, { column, op: '=', values }] : others
}

/** The conditions of a list, kept as texts (in the address). */
export function useFilters(texts: WritableComputedRef<string[]>) {
  const filters = computed(() => texts.value.flatMap((text) => parseFilter(text) ?? []))

  function set(next: readonly Filter[]): void {
    texts.value = next.map(formatFilter)
  }

  return {
    filters,
    /** The values that a column is filtered by. */
    chosen: (column: string): string[] => filters.value.find((each) => each.column === column && each.op === '=')?.values ?? [],
    toggle: (column: string, value: string, on: boolean) => set(withValue(filters.value, column, value, on)),
    remove: (filter: Filter) => set(filters.value.filter((each) => formatFilter(each) !== formatFilter(filter))),
    clear: (column?: string) => set(column === undefined ? [] : filters.value.filter((each) => each.column !== column)),
  }
}
