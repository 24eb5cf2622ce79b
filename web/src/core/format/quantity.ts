const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** At most three significant digits, no trailing zeros: 1.5, 12.3, 640. */
function digits(value: number): string {
  if (value >= 100) return String(Math.round(value))
  if (value >= 10) return String(Math.round(value * 10) / 10)
  return String(Math.round(value * 100) / 100)
}

/** Bytes in binary units: "512 B", "1.5 GiB". */
export function formatBytes(bytes: number): string {
  const sign = bytes < 0 ? '-' : ''
  let value = Math.abs(bytes)
  let unit = 0
  while (unit < BINARY.length - 1 && Math.round(value) >= 1024) {
    value /= 1024
    unit++
  }
  return `${sign}${digits(value)} ${BINARY[unit]}`
}

/** Millicores as Kubernetes writes them: "250m", "1.5", "0". */
export function formatCpu(millicores: number): string {
  if (Math.abs(millicores) < 1000) return millicores === 0 ? '0' : `${digits(millicores)}m`
  return digits(millicores / 1000)
}

/** Millicores as cores, for those who do not count in thousandths: "0.007", "0.25", "1.5". */
export function formatCores(millicores: number): string {
  return Math.abs(millicores) < 100 ? String(Math.round(millicores) / 1000) : digits(millicores / 1000)
}

/** A count with the thousands separators of the language. */
export function formatCount(count: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(count)
}

/** A share in percent without decimals; "<1%" instead of a rounded-away value. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return '–'
  const percent = (100 * part) / whole
  if (percent > 0 && percent < 1) return '<1%'
  return `${Math.round(percent)}%`
}
