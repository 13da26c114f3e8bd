import { markdownTable } from 'markdown-table'
import { clip, codeSpan, escapeHtml, escapeMarkdown, oneLine } from '../../core/text.ts'
import {
  isList,
  plainText,
  type Block,
  type Chart,
  type Definition,
  type Inline,
  type LineChart,
  type Section,
  type Status,
  type TableBlock,
} from '../document.ts'
import { barsAsMermaid, drawnSeries, intervalsAsText, linesAsMermaid, stepsAsMermaid } from './mermaid.ts'

export interface MarkdownOptions {
  /** Leaves out what changes from run to run without meaning anything: what digests are taken of. */
  readonly stable?: boolean
}

/** A longer text than this from one foreign source is cut: a cell, a name, a sentence. */
const MAX_TEXT = 400

const MARKS: Readonly<Record<Status, string>> = { good: '✅', bad: '❌', unknown: '⚠️', none: '' }
const ALERTS: Readonly<Record<Status, string>> = { good: 'TIP', bad: 'CAUTION', unknown: 'WARNING', none: 'NOTE' }

export function sectionMarkdown(section: Section, options: MarkdownOptions = {}, level = 3): string {
  const heading = section.title === '' ? '' : `${'#'.repeat(level)} ${escapeMarkdown(section.title)}\n\n`
  return heading + blocksMarkdown(section.blocks, options)
}

export function blocksMarkdown(blocks: readonly Block[], options: MarkdownOptions = {}): string {
  return blocks
    .map((block) => blockMarkdown(block, options))
    .filter((text) => text !== '')
    .join('\n\n')
}

function blockMarkdown(block: Block, options: MarkdownOptions): string {
  switch (block.kind) {
    case 'paragraph':
      return inlineMarkdown(block.text, options)
    case 'headline':
      return `## ${MARKS[block.status]} ${inlineMarkdown(block.text, options)}`
    case 'callout':
      return [`> [!${ALERTS[block.status]}]`, ...block.lines.map((line) => `> ${inlineMarkdown(line, options)}`)]
        .join('\n>\n')
        .replace('\n>\n', '\n')
    case 'checkbox':
      return `- [${block.ticked ? 'x' : ' '}] ${block.marker} ${inlineMarkdown(block.text, options)}`
    case 'table':
      return tableMarkdown(block, options)
    case 'list':
      return block.items.map((item) => `- ${inlineMarkdown(item, options)}`).join('\n')
    case 'code':
      if (block.volatile && options.stable) return ''
      return fenced(block.language, block.text.split('\n').map(oneLine).join('\n'))
    case 'chart':
      return chartMarkdown(block.chart)
    case 'heading':
      return `**${escapeMarkdown(block.text)}**`
    case 'columns':
      return block.of.map((blocks) => blocksMarkdown(blocks, options)).join('\n\n')
    case 'definitions':
      return block.entries.map(definitionMarkdown).join('\n')
    case 'only':
      return block.medium === 'markdown' ? blocksMarkdown(block.blocks, options) : ''
    case 'details': {
      const inner = blocksMarkdown(block.blocks, options)
      return `<details>\n<summary>${inlineSummary(block.summary)}</summary>\n\n${inner}\n\n</details>`
    }
  }
}

function definitionMarkdown({ name, text, formula }: Definition): string {
  return `- **${escapeMarkdown(name)}**: ${escapeMarkdown(text)}${formula === undefined ? '' : ` ${codeSpan(formula)}`}`
}

/** A summary is an HTML block: Markdown means nothing in it. References are still looked for. */
function inlineSummary(inline: Inline): string {
  if (typeof inline === 'string') {
    return escapeHtml(oneLine(clip(inline, MAX_TEXT))).replace(/(@|:(?=\/\/)|GH-|www(?=\.))/gi, '$1\u200b')
  }
  if (isList(inline)) return inline.map(inlineSummary).join('')
  return inline.kind === 'code' ? `<code>${inlineSummary(inline.text)}</code>` : inlineSummary(plainText(inline))
}

function tableMarkdown(block: TableBlock, options: MarkdownOptions): string {
  if (block.rows.length === 0) return ''
  const rows = [
    block.columns.map((column) => escapeMarkdown(column.title)),
    ...block.rows.map((row) =>
      row.map((cell, index) => {
        const text = inlineMarkdown(cell, options)
        // Numbers and intervals stay on one line.
        return block.columns[index]?.align === 'right' ? text.replaceAll(' ', '\u00a0') : text
      }),
    ),
  ]
  return markdownTable(rows, {
    align: block.columns.map((column) => column.align),
    alignDelimiters: false,
    padding: true,
    delimiterStart: true,
    delimiterEnd: true,
  })
}

function chartMarkdown(chart: Chart): string {
  if (chart.kind === 'bars') return chart.bars.length === 0 ? '' : fenced('mermaid', barsAsMermaid(chart))
  if (chart.kind === 'lines') {
    const source = linesAsMermaid(chart)
    return source === '' ? '' : `${fenced('mermaid', source)}\n\n${legendMarkdown(chart)}`
  }
  if (chart.kind === 'steps') return fenced('mermaid', stepsAsMermaid(chart))
  // What these draw stands in the tables beside them; characters could not say it better.
  if (chart.kind === 'dots' || chart.kind === 'matrix') return ''
  return chart.rows.length === 0 ? '' : fenced('text', intervalsAsText(chart.rows, chart.shared ?? false))
}

const SQUARES = { candidate: '🟦', champion: '🟧', baseline: '⬜' } as const

/** Mermaid's line charts have no legend of their own. */
function legendMarkdown(chart: LineChart): string {
  return drawnSeries(chart)
    .map(({ name, tone }) => `${SQUARES[tone]} ${escapeMarkdown(name)}`)
    .join(' · ')
}

/** A fence longer than any in the text. */
function fenced(language: string, text: string): string {
  let fence = '```'
  while (text.includes(fence)) fence += '`'
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`
}

/** Text on one line; every plain string is escaped and clipped. */
function inlineMarkdown(inline: Inline, options: MarkdownOptions = {}): string {
  if (typeof inline === 'string') return escapeMarkdown(clip(inline, MAX_TEXT))
  if (isList(inline)) return inline.map((part) => inlineMarkdown(part, options)).join('')
  switch (inline.kind) {
    case 'code':
      return codeSpan(clip(inline.text, MAX_TEXT))
    case 'strong':
      return `**${inlineMarkdown(inline.of, options).trim()}**`
    case 'link':
      return linkMarkdown(inline.of, inline.url, options)
    case 'status':
      return [MARKS[inline.status], escapeMarkdown(inline.label).replaceAll(' ', '\u00a0')]
        .filter((part) => part !== '')
        .join('\u00a0')
    case 'term':
    case 'measured':
      return inlineMarkdown(inline.of, options)
    case 'volatile':
      return options.stable ? '' : inlineMarkdown(inline.of, options)
  }
}

function linkMarkdown(of: Inline, url: string, options: MarkdownOptions): string {
  const text = inlineMarkdown(of, options)
  const safe = safeUrl(url)
  return safe === undefined ? text : `[${text}](${safe.replace(/[()|\\`[\]]/g, (mark) => `%${hex(mark)}`)})`
}

const hex = (mark: string): string => mark.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')

/** An http or https address, percent-encoded; undefined for anything else (no `javascript:`, no relative path). */
export function safeUrl(url: string): string | undefined {
  try {
    const parsed = new URL(url)
    return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed.href : undefined
  } catch {
    return undefined
  }
}
