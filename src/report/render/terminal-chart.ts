import wrapAnsi from 'wrap-ansi'
import { formatNumber } from '../../core/format.ts'

/** A Mermaid diagram of ours, redrawn with characters; undefined for a diagram that is none of ours. */
export function mermaidAsText(source: string, width: number): string | undefined {
  const lines = source.split('\n').map((line) => line.trim())
  if (lines.some((line) => line.startsWith('flowchart LR'))) return wrapAnsi(flow(source), width)
  if (!lines.some((line) => line.startsWith('xychart-beta'))) return undefined
  const find = (name: string): string => lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? ''
  const title = unquote(find('title'))
  const bars = numbers(find('bar'))
  if (bars.length > 0) return [title, ...barLines(quotedList(find('x-axis')), bars, width)].join('\n')
  const drawn = lines.filter((line) => line.startsWith('line ')).map((line) => numbers(line))
  if (drawn.length === 0) return undefined
  const colors = /"plotColorPalette": "([^"]*)"/.exec(source)?.[1]?.split(', ') ?? []
  const room = width - (drawn.length > 1 ? 3 : 0)
  const marked = drawn.map((values, index) =>
    drawn.length > 1 ? `${SQUARES[colors[index] ?? ''] ?? '  '} ${sparkLine(values, room)}` : sparkLine(values, room),
  )
  return [title, ...marked.reverse()].join('\n')
}

/** The colours of our lines as the legend below them names them. */
const SQUARES: Readonly<Record<string, string>> = { '#4c7fd0': '🟦', '#c2703d': '🟧', '#8b949e': '⬜' }

function barLines(labels: readonly string[], values: readonly number[], width: number): readonly string[] {
  const left = Math.max(0, ...labels.map((label) => label.length))
  const room = Math.max(10, Math.min(48, width - left - 14))
  const max = Math.max(...values, Number.MIN_VALUE)
  return values.map((value, index) => {
    const bar = '█'.repeat(Math.max(value > 0 ? 1 : 0, Math.round((value / max) * room)))
    return `${(labels[index] ?? '').padEnd(left)} ${bar} ${formatNumber(value)}`
  })
}

const EIGHTHS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** One character a value: the shape, with both ends in numbers. */
function sparkLine(values: readonly number[], width: number): string {
  const low = Math.min(...values)
  const span = Math.max(...values) - low || 1
  const every = Math.ceil(values.length / Math.max(10, width - 30))
  const shape = values.filter((_, index) => index % every === 0)
  const marks = shape.map((value) => EIGHTHS[Math.min(7, Math.floor(((value - low) / span) * 8))])
  return `${formatNumber(values[0])} ${marks.join('')} ${formatNumber(values.at(-1))}`
}

function flow(source: string): string {
  const nodes = [...source.matchAll(/\bs\d+\(?\["([^"]*)"\]/g)].map((match) => (match[1] ?? '').replace('<br/>', ', '))
  return nodes.join(' → ')
}

const unquote = (text: string): string => text.replace(/^"|"$/g, '')
const quotedList = (text: string): readonly string[] => [...text.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '')
const numbers = (text: string): readonly number[] => (text.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number)
