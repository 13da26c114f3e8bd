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
  /** A name that the glossary of the page explains; elsewhere the name alone. */
  | { readonly kind: 'term'; readonly of: Inline; readonly term: string }
  /** A number; where there is room (the page) with its interval below it. */
  | { readonly kind: 'measured'; readonly of: Inline; readonly interval: string }
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
  | { readonly kind: 'checkbox'; readonly marker: string; readonly text: Inline; readonly ticked: boolean }
  | { readonly kind: 'list'; readonly items: readonly Inline[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string; readonly volatile?: boolean }
  | { readonly kind: 'chart'; readonly chart: Chart }
  | { readonly kind: 'details'; readonly summary: Inline; readonly blocks: readonly Block[] }
  /** A heading within a section. */
  | { readonly kind: 'heading'; readonly text: string }
  /** Terms and what they mean; each can be linked to. */
  | { readonly kind: 'definitions'; readonly entries: readonly Definition[] }
  /** Blocks that stand side by side where there is room. */
  | { readonly kind: 'columns'; readonly of: readonly (readonly Block[])[] }
  /** What only one of the two needs: the pull request folds what the page can show. */
  | { readonly kind: 'only'; readonly medium: 'markdown' | 'html'; readonly blocks: readonly Block[] }

export interface Definition {
  /** What `term` marks refer to. */
  readonly term: string
  readonly name: string
  readonly text: string
  readonly formula: string | undefined
  readonly source: { readonly text: string; readonly url: string | undefined } | undefined
}

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
  /** What the glossary explains about the whole column. */
  readonly term?: string | undefined
}

export type Chart = BarChart | IntervalChart | DotChart | MatrixChart | LineChart | StepChart

/** Horizontal bars from zero, with an optional limit. */
export interface BarChart {
  readonly kind: 'bars'
  readonly title: string
  readonly unit: string
  readonly bars: readonly { readonly label: string; readonly value: number; readonly status: Status }[]
  readonly limit: number | null
}

/** Differences with their intervals around zero. Every row has a scale of its own, unless all share a unit. */
export interface IntervalChart {
  readonly kind: 'intervals'
  readonly title: string
  readonly rows: readonly IntervalRow[]
  readonly shared?: boolean
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

export type Tone = 'candidate' | 'champion' | 'baseline'

/** Values of one or two models by group on one axis, with intervals and a line to compare with. */
export interface DotChart {
  readonly kind: 'dots'
  readonly title: string
  /** Names of the models drawn, by tone. */
  readonly names: Readonly<Partial<Record<Tone, string>>>
  readonly rows: readonly { readonly label: string; readonly points: readonly Dot[] }[]
  readonly reference: { readonly name: string; readonly value: number } | null
  readonly format: 'percent' | 'number'
}
export interface Dot {
  readonly tone: Tone
  readonly value: number
  readonly low?: number | undefined
  readonly high?: number | undefined
}

/** Confusion matrices of the models, side by side. `cells[truth][decided]`, in rows or sums of weights. */
export interface MatrixChart {
  readonly kind: 'matrix'
  readonly title: string
  readonly classes: readonly string[]
  /** Whether each cell tells its share of the line as well. */
  readonly shares: boolean
  readonly panels: readonly {
    readonly name: string
    readonly tone: Tone
    readonly cells: readonly (readonly number[])[]
  }[]
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
  /** A line at this height: no error, the base rate. */
  readonly level?: { readonly name: string; readonly value: number } | undefined
  /** What a point's interval is called: `95 % interval`, `80 % of the rows`. */
  readonly spread?: string | undefined
}
export interface LineSeries {
  readonly name: string
  readonly tone: Tone
  readonly x: readonly number[]
  readonly y: readonly number[]
  /** Ends of the interval of each point. */
  readonly low?: readonly number[] | undefined
  readonly high?: readonly number[] | undefined
  /** A thinner line of the same model. */
  readonly faint?: boolean | undefined
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
export const term = (name: string, of: Inline = name): Mark => ({ kind: 'term', of, term: name })
export const measured = (of: Inline, interval: string): Mark => ({ kind: 'measured', of, interval })
export const only = (medium: 'markdown' | 'html', blocks: readonly Block[]): Block => ({ kind: 'only', medium, blocks })
export const heading = (text: string): Block => ({ kind: 'heading', text })
export const paragraph = (...text: readonly Inline[]): Block => ({ kind: 'paragraph', text })
export const list = (items: readonly Inline[]): Block => ({ kind: 'list', items })
export const details = (summary: Inline, blocks: readonly Block[]): Block => ({ kind: 'details', summary, blocks })
export const chart = (value: Chart): Block => ({ kind: 'chart', chart: value })

/** Titles starting with `>` are right-aligned: numbers. `terms`: what the glossary calls a column, by its title. */
export function table(
  caption: string,
  titles: readonly string[],
  rows: readonly (readonly Inline[])[],
  terms: Readonly<Record<string, string>> = {},
): TableBlock {
  const columns = titles.map((titled): TableColumn => {
    const title = titled.replace(/^>/, '')
    return { title, align: title === titled ? 'left' : 'right', term: terms[title] }
  })
  return { kind: 'table', caption, columns, rows }
}

/** Every term that a section refers to, in the order of reading. */
export function termsOf(blocks: readonly Block[]): readonly string[] {
  const inInline = (inline: Inline): readonly string[] => {
    if (typeof inline === 'string') return []
    if (isList(inline)) return inline.flatMap(inInline)
    return [...(inline.kind === 'term' ? [inline.term] : []), ...('of' in inline ? inInline(inline.of) : [])]
  }
  return blocks.flatMap((block): readonly string[] => {
    switch (block.kind) {
      case 'table':
        return [
          ...block.columns.flatMap((column) => column.term ?? []),
          ...block.rows.flatMap((row) => row.flatMap(inInline)),
        ]
      case 'paragraph':
      case 'headline':
      case 'checkbox':
        return inInline(block.text)
      case 'callout':
        return block.lines.flatMap(inInline)
      case 'list':
        return block.items.flatMap(inInline)
      case 'details':
        return [...inInline(block.summary), ...termsOf(block.blocks)]
      case 'only':
        return block.medium === 'html' ? termsOf(block.blocks) : []
      case 'columns':
        return block.of.flatMap(termsOf)
      default:
        return []
    }
  })
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
