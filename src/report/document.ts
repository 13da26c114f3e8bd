/**
 * A report before it is Markdown, HTML or terminal text. Sections are built once from the record; renderers only
 * choose how they look. A plain string is *text*: every renderer escapes it, so foreign text cannot become markup.
 */
export type Inline = string | Mark | readonly Inline[]

export type Mark =
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong'; readonly of: Inline }
  | { readonly kind: 'link'; readonly of: Inline; readonly url: string }
  /** A mark, and a few words that stay on its line. */
  | { readonly kind: 'status'; readonly status: Status; readonly label: string }
  /** A clock, a run's address: shown, but no reason to update a pull request. */
  | { readonly kind: 'volatile'; readonly of: Inline }

/** `good` and `bad` are judgements; `unknown` asks for more evidence; `none` judges nothing. */
export type Status = 'good' | 'bad' | 'unknown' | 'none'

export type Block =
  | { readonly kind: 'paragraph'; readonly text: Inline }
  /** The verdict: a heading with a status mark. */
  | { readonly kind: 'headline'; readonly status: Status; readonly text: Inline }
  | { readonly kind: 'callout'; readonly status: Status; readonly lines: readonly Inline[] }
  | TableBlock
  /** A box a person can tick in an issue; `marker` is a hidden comment that says which. */
  | { readonly kind: 'checkbox'; readonly marker: string; readonly text: Inline }
  | { readonly kind: 'list'; readonly items: readonly Inline[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string; readonly volatile?: boolean }
  | { readonly kind: 'chart'; readonly chart: Chart }
  | { readonly kind: 'details'; readonly summary: Inline; readonly blocks: readonly Block[] }

export interface TableBlock {
  readonly kind: 'table'
  /** What the table shows, for screen readers. */
  readonly caption: string
  readonly columns: readonly TableColumn[]
  readonly rows: readonly (readonly Inline[])[]
}
export interface TableColumn {
  readonly title: string
  readonly align: 'left' | 'right'
}

export type Chart = BarChart | IntervalChart | LineChart | StepChart

/** Horizontal bars from zero, with an optional limit. */
export interface BarChart {
  readonly kind: 'bars'
  readonly title: string
  readonly unit: string
  readonly bars: readonly { readonly label: string; readonly value: number; readonly status: Status }[]
  readonly limit: number | null
}

/** Differences with their intervals around zero. Every row has a scale of its own: their units differ. */
export interface IntervalChart {
  readonly kind: 'intervals'
  readonly title: string
  readonly rows: readonly IntervalRow[]
}
export interface IntervalRow {
  readonly label: string
  readonly value: number
  readonly low: number
  readonly high: number
  /** The non-inferiority margin, ≥ 0. */
  readonly margin: number
  readonly direction: 'higher' | 'lower'
  readonly status: Status
  readonly digits: number
}

export interface LineChart {
  readonly kind: 'lines'
  readonly title: string
  readonly x: string
  readonly y: string
  readonly series: readonly LineSeries[]
  /** The line y = x: chance for a ROC curve, perfect for a calibration curve. */
  readonly diagonal: string | null
  /** Both axes from 0 to 1, drawn as a square. */
  readonly unit: boolean
}
export interface LineSeries {
  readonly name: string
  readonly tone: 'candidate' | 'champion' | 'baseline'
  readonly x: readonly number[]
  readonly y: readonly number[]
}

export interface StepChart {
  readonly kind: 'steps'
  readonly title: string
  readonly steps: readonly { readonly name: string; readonly detail: string }[]
}

export interface Section {
  readonly id: string
  readonly title: string
  /** 0 … 10. Where a body is too long, the least important sections give way first. */
  readonly importance: number
  readonly blocks: readonly Block[]
}

export const code = (text: string): Mark => ({ kind: 'code', text })
export const strong = (of: Inline): Mark => ({ kind: 'strong', of })
export const status = (value: Status, label = ''): Mark => ({ kind: 'status', status: value, label })
export const volatile = (of: Inline): Mark => ({ kind: 'volatile', of })
export const link = (of: Inline, url: string): Mark => ({ kind: 'link', of, url })
export const paragraph = (...text: readonly Inline[]): Block => ({ kind: 'paragraph', text })
export const list = (items: readonly Inline[]): Block => ({ kind: 'list', items })
export const details = (summary: Inline, blocks: readonly Block[]): Block => ({ kind: 'details', summary, blocks })
export const chart = (value: Chart): Block => ({ kind: 'chart', chart: value })

/** Titles starting with `>` are right-aligned: numbers. */
export function table(caption: string, titles: readonly string[], rows: readonly (readonly Inline[])[]): TableBlock {
  const columns = titles.map((title): TableColumn =>
    title.startsWith('>') ? { title: title.slice(1), align: 'right' } : { title, align: 'left' },
  )
  return { kind: 'table', caption, columns, rows }
}

/** The text alone, for titles and labels. */
export function plainText(inline: Inline): string {
  if (typeof inline === 'string') return inline
  if (isList(inline)) return inline.map(plainText).join('')
  if (inline.kind === 'code') return inline.text
  return inline.kind === 'status' ? inline.label || STATUS_WORDS[inline.status] : plainText(inline.of)
}

export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  good: 'pass',
  bad: 'fail',
  unknown: 'inconclusive',
  none: '',
}

export const isList = (inline: Inline): inline is readonly Inline[] => Array.isArray(inline)
