import { formatNumber } from '../../core/format.ts'
import { clip, oneLine } from '../../core/text.ts'
import type { BarChart, IntervalRow, LineChart, StepChart } from '../document.ts'

/** More bars than this are no chart. */
const MAX_BARS = 12
const MAX_INTERVALS = 20
const MAX_LABEL = 22
const MAX_POINTS = 60

/** A chart as a Mermaid diagram (what GitHub's Mermaid 11 draws), or as text where Mermaid has no such chart. */
export function barsAsMermaid(chart: BarChart): string {
  const bars = chart.bars.slice(0, MAX_BARS)
  const top = Math.max(...bars.map((bar) => bar.value), chart.limit ?? 0)
  const lines = [
    init(110 + 36 * bars.length),
    'xychart-beta horizontal',
    `    title ${quoted(chart.title, 80)}`,
    `    x-axis [${bars.map((bar) => quoted(bar.label, MAX_LABEL)).join(', ')}]`,
    `    y-axis ${quoted(chart.unit, 40)} 0 --> ${plain(top > 0 ? top * 1.1 : 1)}`,
    `    bar [${bars.map((bar) => plain(bar.value)).join(', ')}]`,
  ]
  if (chart.limit !== null && bars.length > 1)
    lines.push(`    line [${bars.map(() => plain(chart.limit ?? 0)).join(', ')}]`)
  return lines.join('\n')
}

/** The first series only: Mermaid's line chart has no legend. */
export function linesAsMermaid(chart: LineChart): string {
  const series = chart.series[0]
  const every = Math.ceil((series?.y.length ?? 0) / MAX_POINTS)
  const values = (series?.y ?? []).filter((_, index) => index % every === 0)
  const low = Math.min(...values)
  const high = Math.max(...values)
  const pad = (high - low || Math.abs(high) || 1) * 0.08
  return [
    init(280),
    'xychart-beta',
    `    title ${quoted(chart.title, 80)}`,
    `    x-axis ${quoted(chart.x, 40)} ${plain(series?.x[0] ?? 0)} --> ${plain(series?.x.at(-1) ?? 1)}`,
    `    y-axis ${quoted(series?.name ?? chart.y, 40)} ${plain(low - pad)} --> ${plain(high + pad)}`,
    `    line [${values.map(plain).join(', ')}]`,
  ].join('\n')
}

export function stepsAsMermaid(chart: StepChart): string {
  const nodes = chart.steps.map((step, index) => {
    const detail = step.detail === '' ? '' : `<br/>${label(step.detail, 40)}`
    const text = `${label(step.name, 30).trim() || '–'}${detail}`
    return index === 0 || index === chart.steps.length - 1 ? `s${index}(["${text}"])` : `s${index}["${text}"]`
  })
  return `flowchart LR\n    ${nodes.join(' --> ')}`
}

/** Width of the drawing in characters, the zero in its middle. */
const FOREST_WIDTH = 33

/** Differences and intervals as text: `worse ├──┼──●──┤ better`. Right of the middle is better, whichever way the metric points. */
export function intervalsAsText(all: readonly IntervalRow[]): string {
  const rows = all.slice(0, MAX_INTERVALS)
  const labels = Math.min(24, Math.max(6, ...rows.map((row) => row.label.length)))
  const middle = (FOREST_WIDTH - 1) / 2
  const head = `${' '.repeat(labels + 13)}${'◂ worse'.padEnd(middle)}0${'better ▸'.padStart(middle)}`
  const lines = rows.map((row) => {
    const sign = row.direction === 'higher' ? 1 : -1
    const ends = [row.low * sign, row.high * sign].sort((a, b) => a - b)
    const scale = Math.max(Math.abs(row.low), Math.abs(row.high), row.margin) || 1
    const at = (value: number): number => Math.round(middle + Math.max(-1, Math.min(1, value / scale)) * middle)
    const cells = Array.from({ length: FOREST_WIDTH }, () => ' ')
    cells[middle] = '│'
    if (row.margin > 0) cells[at(-row.margin)] = '┊'
    const [low, high] = [at(ends[0] ?? 0), at(ends[1] ?? 0)]
    for (let i = low; i <= high; i++) cells[i] = i === middle ? '┼' : '─'
    cells[low] = '├'
    cells[high] = '┤'
    cells[at(row.value * sign)] = '●'
    const difference = formatNumber(row.value, { digits: row.digits, signed: true })
    return `${clip(oneLine(row.label), labels).padEnd(labels)} ${difference.padStart(10)}  ${cells.join('')}`.trimEnd()
  })
  return [head, ...lines].join('\n')
}

/** Size, and a colour that reads on GitHub's light and dark theme alike. */
const init = (height: number): string =>
  `%%{init: {"xyChart": {"width": 720, "height": ${height}}, "themeVariables": {"xyChart": {"backgroundColor": "transparent", "plotColorPalette": "#4c7fd0, #c2703d"}}}}%%`

/** Mermaid reads directives and entities even inside quotes: they are taken out. */
const label = (text: string, limit: number): string =>
  clip(oneLine(text), limit)
    .replace(/"/g, '’')
    .replace(/[`<>{}[\]\\;#|~]/g, ' ')
    .replace(/%%+/g, '%')

const quoted = (text: string, limit: number): string => `"${label(text, limit).trim() || '–'}"`

/** Six significant digits without an exponent, which Mermaid does not read. */
const plain = (value: number): string =>
  (Number.isFinite(value) ? Number(value.toPrecision(6)) : 0).toFixed(10).replace(/\.?0+$/, '')
