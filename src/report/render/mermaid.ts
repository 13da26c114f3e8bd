import { formatNumber } from '../../core/format.ts'
import { clip, oneLine } from '../../core/text.ts'
import type { BarChart, IntervalRow, LineChart, StepChart, Tone } from '../document.ts'

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

/** Points of a redrawn line. Mermaid spaces values evenly, so lines are read off on a grid that all of them share. */
const GRID = 25

interface Drawn {
  readonly name: string
  readonly tone: Tone
  readonly values: readonly number[]
}

/** What a diagram shows: the series, and the line to compare with as one of its own where no series is grey. */
export function drawnSeries(chart: LineChart): readonly Drawn[] {
  const grid = gridOf(chart)
  const series = chart.series.filter((one) => !one.faint && one.x.length > 1)
  const lines = series.map(({ name, tone, x, y }) => ({ name, tone, values: grid.map((at) => valueAt(x, y, at)) }))
  if (lines.length === 0 || lines.some((line) => line.tone === 'baseline')) return lines
  if (chart.diagonal !== null) return [...lines, { name: chart.diagonal, tone: 'baseline', values: grid }]
  const { level } = chart
  return level ? [...lines, { name: level.name, tone: 'baseline', values: grid.map(() => level.value) }] : lines
}

function gridOf(chart: LineChart): readonly number[] {
  const series = chart.series.filter((one) => !one.faint && one.x.length > 1)
  const low = Math.max(...series.map((one) => Math.min(...one.x)))
  const high = Math.min(...series.map((one) => Math.max(...one.x)))
  const whole = series.every((one) => one.x.every(Number.isInteger))
  const points = whole ? Math.min(MAX_POINTS, high - low + 1) : GRID
  return Array.from({ length: Math.max(2, points) }, (_, i) => low + ((high - low) * i) / (Math.max(2, points) - 1))
}

/** Straight lines between the points; of several points above each other the last, so that a step is a step. */
function valueAt(x: readonly number[], y: readonly number[], at: number): number {
  const next = x.findIndex((value) => value > at)
  if (next < 0) return y.at(-1) ?? 0
  if (next === 0) return y[0] ?? 0
  const [x0, x1, y0, y1] = [x[next - 1] ?? 0, x[next] ?? 1, y[next - 1] ?? 0, y[next] ?? 0]
  return y0 + ((y1 - y0) * (at - x0)) / (x1 - x0 || 1)
}

const COLORS: Readonly<Record<Tone, string>> = { candidate: '#4c7fd0', champion: '#c2703d', baseline: '#8b949e' }

/** All series on one grid; '' where there is nothing to draw. A legend must stand below it. */
export function linesAsMermaid(chart: LineChart): string {
  // The candidate is drawn last, above the others.
  const lines = [...drawnSeries(chart)].reverse()
  const grid = gridOf(chart)
  const values = lines.flatMap((line) => line.values)
  if (lines.length === 0 || values.some((value) => !Number.isFinite(value))) return ''
  const [low, high] = chart.unit ? [0, 1] : [Math.min(...values), Math.max(...values)]
  const pad = chart.unit ? 0 : (high - low || Math.abs(high) || 1) * 0.08
  return [
    init(
      280,
      lines.map((line) => COLORS[line.tone]),
    ),
    'xychart-beta',
    `    title ${quoted(chart.title, 80)}`,
    `    x-axis ${quoted(chart.x, 40)} ${rangeText(grid[0] ?? 0, grid.at(-1) ?? 1)}`,
    `    y-axis ${quoted(chart.y, 40)} ${rangeText(low - pad, high + pad)}`,
    ...lines.map((line) => `    line [${line.values.map(short).join(', ')}]`),
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
export function intervalsAsText(all: readonly IntervalRow[], shared = false): string {
  const rows = all.slice(0, MAX_INTERVALS)
  const labels = Math.min(24, Math.max(6, ...rows.map((row) => row.label.length)))
  const middle = (FOREST_WIDTH - 1) / 2
  const head = `${' '.repeat(labels + 13)}${'◂ worse'.padEnd(middle)}0${'better ▸'.padStart(middle)}`
  const lines = rows.map((row) => {
    const sign = row.direction === 'higher' ? 1 : -1
    const ends = [row.low * sign, row.high * sign].sort((a, b) => a - b)
    const scale = shared ? Math.max(...rows.map(reach)) : reach(row)
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

const reach = (row: IntervalRow): number => Math.max(Math.abs(row.low), Math.abs(row.high), row.margin) || 1

/** Size, and colours that read on GitHub's light and dark theme alike. */
const init = (height: number, colors: readonly string[] = ['#4c7fd0', '#c2703d']): string =>
  `%%{init: {"xyChart": {"width": 720, "height": ${height}}, "themeVariables": {"xyChart": {"backgroundColor": "transparent", "plotColorPalette": "${colors.join(', ')}"}}}}%%`

/** Mermaid reads directives and entities even inside quotes: they are taken out. */
const label = (text: string, limit: number): string =>
  clip(oneLine(text), limit)
    .replace(/"/g, '’')
    .replace(/[`<>{}[\]\\;#|~]/g, ' ')
    .replace(/%%+/g, '%')

const quoted = (text: string, limit: number): string => `"${label(text, limit).trim() || '–'}"`

/** Enough to draw. */
const short = (value: number): string => plain(Number(value.toPrecision(4)))

/** The ends of an axis, rounded outwards by a hundredth of its length at most: `0 --> 1`, not `0.000645871 --> 1`. */
function rangeText(low: number, high: number): string {
  const step = 10 ** (Math.floor(Math.log10(high - low || Math.abs(high) || 1) + 1e-9) - 2)
  return `${plain(Math.floor(low / step + 1e-6) * step)} --> ${plain(Math.ceil(high / step - 1e-6) * step)}`
}

/** Six significant digits without an exponent, which Mermaid does not read. */
const plain = (value: number): string =>
  (Number.isFinite(value) ? Number(value.toPrecision(6)) : 0).toFixed(10).replace(/\.?0+$/, '')
