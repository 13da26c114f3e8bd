import { formatNumber } from '../../core/format.ts'
import { clip, escapeHtml, oneLine } from '../../core/text.ts'
import type { LineChart, LineSeries } from '../document.ts'

/** Inline SVG without styles of its own: classes only, so that the page's policy can forbid every other style. */

const text = (value: string, limit = 60): string => escapeHtml(oneLine(clip(value, limit)))
const at = (value: number): string => String(Math.round(value * 100) / 100)

const PAD = { left: 50, right: 14, top: 12, bottom: 44 }

/** Several series in one pair of axes, with ticks, grid and a description for screen readers. */
export function linesSvg(chart: LineChart, id: string): string {
  const square = chart.unit || chart.diagonal !== null || chart.level !== undefined
  const width = square ? 400 : 520
  const height = square ? 360 : 260
  const xs = chart.series.flatMap((series) => series.x).filter(Number.isFinite)
  const ys = [
    ...chart.series.flatMap((series) => [...series.y, ...(series.low ?? []), ...(series.high ?? [])]),
    ...(chart.level ? [chart.level.value] : []),
  ].filter(Number.isFinite)
  if (xs.length < 2) return ''
  const [xTicks, yTicks] = axes(chart, xs, ys)
  const [x0, x1, y0, y1] = [xTicks[0] ?? 0, xTicks.at(-1) ?? 1, yTicks[0] ?? 0, yTicks.at(-1) ?? 1]
  const x = (value: number): number => PAD.left + ((value - x0) / (x1 - x0 || 1)) * (width - PAD.left - PAD.right)
  const y = (value: number): number =>
    height - PAD.bottom - ((value - y0) / (y1 - y0 || 1)) * (height - PAD.top - PAD.bottom)
  const [bottom, right] = [height - PAD.bottom, width - PAD.right]
  const grid = [
    ...xTicks.map(
      (tick) =>
        `<line class="grid" x1="${at(x(tick))}" x2="${at(x(tick))}" y1="${PAD.top}" y2="${bottom}"/><text class="tick" x="${at(x(tick))}" y="${bottom + 17}" text-anchor="middle">${tickText(tick)}</text>`,
    ),
    ...yTicks.map(
      (tick) =>
        `<line class="grid" x1="${PAD.left}" x2="${right}" y1="${at(y(tick))}" y2="${at(y(tick))}"/><text class="tick" x="${PAD.left - 8}" y="${at(y(tick) + 4)}" text-anchor="end">${tickText(tick)}</text>`,
    ),
  ]
  const [from, to] = [Math.max(x0, y0), Math.min(x1, y1)]
  const diagonal =
    chart.diagonal === null
      ? ''
      : `<line class="diagonal" x1="${at(x(from))}" y1="${at(y(from))}" x2="${at(x(to))}" y2="${at(y(to))}"/>`
  const level = chart.level
    ? `<line class="diagonal" x1="${PAD.left}" y1="${at(y(chart.level.value))}" x2="${right}" y2="${at(y(chart.level.value))}"/>`
    : ''
  const order = { baseline: 0, champion: 1, candidate: 2 } as const
  const series = [...chart.series].sort((a, b) => order[a.tone] - order[b.tone]).map((one) => path(one, x, y))
  const titles = `<text class="axis" x="${at((PAD.left + right) / 2)}" y="${height - 8}" text-anchor="middle">${text(chart.x)}</text><text class="axis" x="14" y="${at((PAD.top + bottom) / 2)}" text-anchor="middle" transform="rotate(-90 14 ${at((PAD.top + bottom) / 2)})">${text(chart.y)}</text>`
  return `<svg class="lines" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">${text(chart.title, 120)}</title><desc id="${id}-d">${text(describe(chart), 600)}</desc>${grid.join('')}${titles}${diagonal}${level}${series.join('')}</svg>`
}

function path(series: LineSeries, x: (value: number) => number, y: (value: number) => number): string {
  const points = series.x.flatMap((value, index): string[] => {
    const other = series.y[index]
    return other !== undefined && Number.isFinite(value) && Number.isFinite(other)
      ? [`${at(x(value))},${at(y(other))}`]
      : []
  })
  const dots = points.length > 14 ? '' : points.map((point) => dotAt(point, series.tone)).join('')
  const faint = series.faint ? ' faint' : ''
  return `${spread(series, x, y)}<polyline class="series ${series.tone}${faint}" points="${points.join(' ')}"/>${dots}`
}

/** So that the whiskers of two models do not hide each other. */
const WHISKER_SHIFT: Readonly<Record<LineSeries['tone'], number>> = { candidate: -2, champion: 2, baseline: 0 }

/** Few points have whiskers, many a band. */
function spread(series: LineSeries, x: (value: number) => number, y: (value: number) => number): string {
  const { low, high } = series
  if (low === undefined || high === undefined) return ''
  const ends = series.x.flatMap((value, index) => {
    const [from, to] = [low[index], high[index]]
    const known = from !== undefined && to !== undefined && Number.isFinite(from) && Number.isFinite(to)
    return known ? [{ at: at(x(value) + WHISKER_SHIFT[series.tone]), from: at(y(from)), to: at(y(to)) }] : []
  })
  if (ends.length > 14) {
    const points = [
      ...ends.map((end) => `${end.at},${end.to}`),
      ...ends.map((end) => `${end.at},${end.from}`).reverse(),
    ]
    return `<polygon class="band ${series.tone}" points="${points.join(' ')}"/>`
  }
  return ends
    .map(
      (end) => `<line class="whisker ${series.tone}" x1="${end.at}" x2="${end.at}" y1="${end.from}" y2="${end.to}"/>`,
    )
    .join('')
}

function dotAt(point: string, tone: string): string {
  const [cx, cy] = point.split(',')
  return `<circle class="point ${tone}" cx="${cx}" cy="${cy}" r="3"/>`
}

function axes(
  chart: LineChart,
  xs: readonly number[],
  ys: readonly number[],
): readonly [readonly number[], readonly number[]] {
  if (chart.unit) return [ticks(0, 1), ticks(0, 1)]
  if (chart.diagonal === null) return [ticks(Math.min(...xs), Math.max(...xs)), ticks(Math.min(...ys), Math.max(...ys))]
  const both = ticks(Math.min(...xs, ...ys), Math.max(...xs, ...ys))
  return [both, both]
}

/** Round ticks that cover [low, high]: steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number): readonly number[] {
  const span = high - low || Math.abs(high) || 1
  const raw = span / 5
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) ?? 10) * power
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)]
  return Array.from({ length: Math.max(2, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
}

const tickText = (tick: number): string =>
  Number.isInteger(tick)
    ? formatNumber(tick)
    : formatNumber(tick)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '')

function describe(chart: LineChart): string {
  const series = chart.series.map((one) => {
    const middle = one.y[Math.floor(one.y.length / 2)]
    return `${one.name}: ${one.y.length} points, from ${formatNumber(one.y[0])} over ${formatNumber(middle)} to ${formatNumber(one.y.at(-1))}`
  })
  return `${chart.y} against ${chart.x}. ${series.join('; ')}.`
}
