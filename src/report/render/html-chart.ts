import { formatInterval, formatNumber, formatPercent } from '../../core/format.ts'
import { clip, escapeHtml, oneLine } from '../../core/text.ts'
import type {
  BarChart,
  Chart,
  Dot,
  DotChart,
  IntervalChart,
  LineChart,
  MatrixChart,
  StepChart,
  Tone,
} from '../document.ts'
import { linesSvg, ticks } from './svg.ts'
import { barSvg, dotsSvg, intervalSvg, reach } from './svg-rows.ts'

/** Charts for the page: SVG where lines are drawn, lists and tables where words and numbers must be read out. */
export function chartHtml(chart: Chart, id: string): string {
  switch (chart.kind) {
    case 'bars':
      return barsHtml(chart)
    case 'intervals':
      return intervalsHtml(chart)
    case 'dots':
      return dotsHtml(chart)
    case 'matrix':
      return matrixHtml(chart, id)
    case 'lines':
      return linesHtml(chart, id)
    case 'steps':
      return stepsHtml(chart)
  }
}

const text = (value: string): string => escapeHtml(oneLine(clip(value, 200)))

const figure = (title: string, body: string): string =>
  `<figure><figcaption>${text(title)}</figcaption>${body}</figure>`

function barsHtml(chart: BarChart): string {
  if (chart.bars.length === 0) return ''
  const max = Math.max(chart.limit ?? 0, ...chart.bars.map((bar) => bar.value))
  const items = chart.bars.map(
    (bar) =>
      `<li><span class="label">${text(bar.label)}</span>${barSvg(bar.value, max, bar.status)}<span class="value">${formatNumber(bar.value)}</span></li>`,
  )
  return figure(chart.title, `<ul class="bars">${items.join('')}</ul>`)
}

function intervalsHtml(chart: IntervalChart): string {
  if (chart.rows.length === 0) return ''
  const common = chart.shared ? Math.max(...chart.rows.map(reach)) : undefined
  const items = chart.rows.map((row) => {
    const format = { digits: row.digits, signed: true }
    const words = `<span class="hidden"> interval ${formatInterval(row, format)}</span>`
    return `<li><span class="label">${text(row.label)}</span>${intervalSvg(row, common)}<span class="value">${formatNumber(row.value, format)}${words}</span></li>`
  })
  const legend =
    '<p class="ends" aria-hidden="true"><span></span><span><i>◂ worse</i><i>no difference</i><i>better ▸</i></span></p>'
  return figure(chart.title, `${legend}<ul class="bars intervals">${items.join('')}</ul>`)
}

function dotsHtml(chart: DotChart): string {
  const points = chart.rows.flatMap((row) => row.points)
  if (points.length === 0) return ''
  const values = points.flatMap((point) => [point.value, point.low ?? point.value, point.high ?? point.value])
  if (chart.reference) values.push(chart.reference.value)
  const all = ticks(Math.min(...values), Math.max(...values))
  const [from, to] = [all[0] ?? 0, all.at(-1) ?? 1]
  const write = (value: number): string => (chart.format === 'percent' ? formatPercent(value) : formatNumber(value))
  const items = chart.rows.map((row) => {
    const drawing = dotsSvg(row, from, to, chart.reference?.value)
    return `<li><span class="label">${text(row.label)}</span>${drawing}<span class="value">${valuesHtml(chart, row.points, write)}</span></li>`
  })
  const axis = `<p class="ends" aria-hidden="true"><span></span><span>${[from, (from + to) / 2, to].map((tick) => `<i>${write(tick)}</i>`).join('')}</span></p>`
  const legend = (['candidate', 'champion', 'baseline'] as const).flatMap((tone) => {
    const name = chart.names[tone]
    return name === undefined ? [] : [`<li class="${tone}">${text(name)}</li>`]
  })
  if (chart.reference) legend.push(`<li class="diagonal">${text(chart.reference.name)}</li>`)
  return figure(
    chart.title,
    `<ul class="bars dotted">${items.join('')}</ul>${axis}<ul class="legend marks">${legend.join('')}</ul>`,
  )
}

/** The first model’s value in sight, the others and the intervals for those who listen. */
function valuesHtml(chart: DotChart, points: readonly Dot[], write: (value: number) => string): string {
  const named = (tone: Tone): string => chart.names[tone] ?? tone
  return points
    .map((point, index) => {
      const interval =
        point.low === undefined || point.high === undefined
          ? ''
          : ` interval ${write(point.low)} … ${write(point.high)}`
      const words = `<span class="hidden"> ${text(named(point.tone))}${interval}</span>`
      return index === 0
        ? `${write(point.value)}${words}`
        : `<span class="hidden">; ${write(point.value)}</span>${words}`
    })
    .join('')
}

/** Real tables: a reader hears class, decision, rows and share. The shade is the share of the true class’s rows. */
function matrixHtml(chart: MatrixChart, id: string): string {
  const panels = chart.panels.map((panel, number) => {
    const head = chart.classes.map((name) => `<th scope="col">${text(name)}</th>`)
    const rows = panel.cells.map((row, truth) => {
      const total = row.reduce((sum, value) => sum + value, 0)
      const cells = row.map((value, decided) => {
        const share = total > 0 ? value / total : 0
        const shade = value > 0 ? Math.max(1, Math.min(9, Math.ceil(share * 9))) : 0
        const under = chart.shares && total > 0 ? `<span class="iv">${formatPercent(share)}</span>` : ''
        return `<td class="${truth === decided ? 'hit' : 'miss'} k${shade}">${formatNumber(value)}${under}</td>`
      })
      return `<tr><th scope="row">${text(chart.classes[truth] ?? '')}</th>${cells.join('')}</tr>`
    })
    const label = `${id}-m${number}`
    return `<div class="scroll" role="region" aria-labelledby="${label}" tabindex="0"><table class="matrix"><caption id="${label}"><b class="${panel.tone}">${text(panel.name)}</b><span class="hidden">: lines are the true class, columns the decided one</span></caption><thead><tr><td></td>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
  })
  return figure(chart.title, `<div class="matrices">${panels.join('')}</div>`)
}

function linesHtml(chart: LineChart, id: string): string {
  const drawing = linesSvg(chart, id)
  if (drawing === '') return ''
  const names = chart.series
    .filter((series) => !series.faint)
    .map((series) => `<li class="${series.tone}">${text(series.name)}</li>`)
  if (chart.diagonal !== null) names.push(`<li class="diagonal">${text(chart.diagonal)}</li>`)
  if (chart.level) names.push(`<li class="diagonal">${text(chart.level.name)}</li>`)
  if (chart.spread !== undefined && chart.series.some((series) => series.low))
    names.push(`<li class="spread">${text(chart.spread)}</li>`)
  return figure(chart.title, `${drawing}<ul class="legend">${names.join('')}</ul>`)
}

function stepsHtml(chart: StepChart): string {
  const steps = chart.steps.map(
    (step) => `<li><span class="step">${text(step.name)}</span><span class="detail">${text(step.detail)}</span></li>`,
  )
  return `<ol class="steps" aria-label="${text(chart.title)}">${steps.join('')}</ol>`
}
