import type { ChartOption } from './chart'

/** One line of a chart; times in milliseconds since 1970, null = no value. */
export interface ChartSeries {
  name: string
  points: [number, number | null][]
}

export interface ChartLook {
  lines: string[]
  ink: string
  muted: string
  grid: string
  ground: string
}

/** Reads the colours of the present theme. */
export function chartLook(): ChartLook {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  return {
    lines: ['--km-accent', '--km-warning-mark', '--km-progress-mark', '--km-ok-mark', '--km-error-mark', '--km-neutral-mark'].map(token),
    ink: token('--km-ink'),
    muted: token('--km-ink-3'),
    grid: token('--km-line'),
    ground: token('--km-raised'),
  }
}

/** A step of the axis in bytes that reads well: 1, 2, 5, 10 … times a power of 1024; about five of them. */
export function byteStep(most: number): number {
  let unit = 1
  while (most / unit >= 1024) unit *= 1024
  const rough = most / unit / 5
  const step = [0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 250].find((each) => each >= rough) ?? 256
  return step * unit
}

function most(series: ChartSeries[]): number {
  return Math.max(1, ...series.flatMap((line) => line.points.map(([, value]) => value ?? 0)))
}

/** The option of a time chart: units on the axis, a tooltip in plain text (no inline styles). */
export function timeOption(series: ChartSeries[], format: (value: number) => string, look: ChartLook, isBytes = false): ChartOption {
  const interval = isBytes ? byteStep(most(series)) : undefined
  return {
    color: look.lines,
    animation: false,
    grid: { left: 8, right: 12, top: series.length > 1 ? 30 : 10, bottom: 4, containLabel: true },
    legend: series.length > 1 ? { top: 0, left: 0, icon: 'roundRect', itemHeight: 8, textStyle: { color: look.muted } } : undefined,
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      backgroundColor: look.ground,
      borderColor: look.grid,
      textStyle: { color: look.ink },
      valueFormatter: (value) => (typeof value === 'number' ? format(value) : '–'),
    },
    xAxis: { type: 'time', axisLabel: { color: look.muted, hideOverlap: true }, axisLine: { lineStyle: { color: look.grid } }, splitLine: { show: false } },
    yAxis: { type: 'value', min: 0, interval, max: interval && Math.ceil(most(series) / interval) * interval, axisLabel: { color: look.muted, formatter: format }, splitLine: { lineStyle: { color: look.grid } } },
    series: series.map((line) => ({ type: 'line', name: line.name, data: line.points, showSymbol: false, connectNulls: false, lineStyle: { width: 1.75 } })),
  }
}
