import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use, type ComposeOption, type EChartsType } from 'echarts/core'
import type { LineSeriesOption } from 'echarts/charts'
import type { GridComponentOption, LegendComponentOption, TooltipComponentOption } from 'echarts/components'
import { CanvasRenderer } from 'echarts/renderers'

export type ChartOption = ComposeOption<LineSeriesOption | GridComponentOption | TooltipComponentOption | LegendComponentOption>

/** Makes a chart on canvas with the parts that the console uses. */
export function makeChart(host: HTMLElement): EChartsType {
  use([LineChart, GridComponent, TooltipComponent, LegendComponent, CanvasRenderer])
  return init(host)
}
