const FACTORS: Record<string, number> = {
  n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
}

/** A Kubernetes quantity such as "250m", "1.5Gi" or "1e3" as a number; null if it is none. */
export function parseQuantity(text: string | undefined): number | null {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/.exec((text ?? '').trim())
  if (!match) return null
  const factor = match[2] !== undefined ? 10 ** Number(match[2]) : FACTORS[match[3] ?? '']
  return factor === undefined ? null : Number(match[1]) * factor
}

/** Millicores. */
export function parseCpu(text: string | undefined): number | null {
  const cores = parseQuantity(text)
  return cores === null ? null : Math.round(cores * 1e6) / 1e3
}

export function parseBytes(text: string | undefined): number | null {
  return parseQuantity(text)
}
