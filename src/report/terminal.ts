import { lexer, type Token, type Tokens } from 'marked'
import pc from 'picocolors'
import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'
import { escapeLog } from '../core/text.ts'
import { mermaidAsText } from './render/terminal-chart.ts'
import type { TerminalOptions } from './trigger-table.ts'

type Colors = ReturnType<typeof pc.createColors>
interface Pen {
  readonly colors: Colors
  readonly width: number
  readonly folded: boolean
}

/**
 * A pull request's Markdown body for a terminal: headings, tables with borders of spaces, folds opened, diagrams redrawn
 * with characters. The body may have been edited by anyone: terminal escapes in it are taken out.
 */
export function renderTerminalPullRequest(body: string, options: TerminalOptions = {}): string {
  const pen: Pen = {
    colors: pc.createColors(options.color ?? false),
    width: Math.max(40, options.width ?? 100),
    folded: options.folded ?? false,
  }
  const text = escapeLog(body.replace(/\u200b/g, '').replace(/<!--[\s\S]*?-->/g, ''))
  return `${blocks(lexer(text, { gfm: true }), pen)}\n`
}

function blocks(tokens: readonly Token[], pen: Pen): string {
  return (pen.folded ? withoutFolds(tokens) : tokens)
    .map((token) => block(token, pen))
    .filter((text) => text.trim() !== '')
    .join('\n\n')
}

/** Of a closed fold only its summary stays. */
function withoutFolds(tokens: readonly Token[]): readonly Token[] {
  let depth = 0
  return tokens.filter((token) => {
    if (token.type !== 'html') return depth === 0
    const before = depth
    depth += (token.raw.match(/<details/g) ?? []).length - (token.raw.match(/<\/details>/g) ?? []).length
    return before === 0
  })
}

function block(token: Token, pen: Pen): string {
  const { colors, width } = pen
  if (isKind(token, 'heading')) {
    const title = inline(token.tokens, pen)
    if (token.depth <= 2) return colors.bold(wrapAnsi(title, width))
    return `${colors.bold(colors.cyan(title))}\n${colors.dim('─'.repeat(Math.min(width, Math.max(8, stringWidth(title)))))}`
  }
  if (isKind(token, 'paragraph')) return wrapAnsi(inline(token.tokens, pen), width)
  if (isKind(token, 'table')) return table(token, pen)
  if (isKind(token, 'list')) return token.items.map((item) => listItem(item, pen)).join('\n')
  if (isKind(token, 'blockquote')) return quote(token, pen)
  if (isKind(token, 'code')) {
    const drawn = token.lang === 'mermaid' ? mermaidAsText(token.text, width - 2) : token.text
    return (drawn ?? '')
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n')
  }
  if (isKind(token, 'html')) return htmlText(token.text, pen)
  return isKind(token, 'text') ? wrapAnsi(inline(token.tokens ?? [], pen), width) : ''
}

/** Of HTML only a fold's summary says something. */
function htmlText(text: string, { colors, folded, width }: Pen): string {
  const summary = /<summary>([\s\S]*?)<\/summary>/.exec(text)?.[1]
  return summary === undefined
    ? ''
    : colors.bold(wrapAnsi(`${folded ? '▸' : '▾'} ${decode(summary.replace(/<[^>]*>/g, '')).trim()}`, width))
}

function listItem(item: Tokens.ListItem, pen: Pen): string {
  const text = blocks(item.tokens, { ...pen, width: pen.width - 4 })
  return `  • ${text.replace(/\n/g, '\n    ')}`
}

const ALERT = /^\[!(\w+)\]\s*/
function quote(token: Tokens.Blockquote, pen: Pen): string {
  const text = blocks(token.tokens, { ...pen, width: pen.width - 2 }).replace(ALERT, '')
  return text
    .split('\n')
    .map((line) => `${pen.colors.yellow('┃')} ${line}`)
    .join('\n')
}

function table(token: Tokens.Table, pen: Pen): string {
  const rows = [token.header, ...token.rows].map((row) => row.map((cell) => inline(cell.tokens, pen)))
  const widths = fit(token, rows, pen.width)
  if (widths === undefined) return stacked(rows, pen)
  return rows
    .map((row, number) => {
      const cells = row.map((cell, index) => wrapAnsi(cell, widths[index] ?? 1, { hard: true }).split('\n'))
      const height = Math.max(1, ...cells.map((cell) => cell.length))
      const lines = Array.from({ length: height }, (_, line) =>
        cells
          .map((cell, index) => pad(cell[line] ?? '', widths[index] ?? 0, token.align[index] === 'right'))
          .join('  ')
          .trimEnd(),
      )
      return number === 0 ? pen.colors.dim(lines.join('\n')) : lines.join('\n')
    })
    .join('\n')
}

/** Columns of words stay at least this wide. */
const MIN_WORDS = 8

/**
 * Column widths that fit the room: first headers wrap, then the widest column of words gives way. A header never breaks
 * within a word and a number never breaks at all; undefined where that leaves no room for a table.
 */
function fit(token: Tokens.Table, rows: readonly (readonly string[])[], room: number): readonly number[] | undefined {
  const widest = (from: number, width: (text: string) => number): number[] =>
    token.header.map((_, index) => Math.max(0, ...rows.slice(from).map((row) => width(row[index] ?? ''))))
  const fitted = widest(0, stringWidth)
  const body = widest(1, stringWidth)
  const header = (rows[0] ?? []).map((title) => Math.max(0, ...title.split(' ').map((word) => stringWidth(word))))
  const floorOf = (index: number): number => {
    const own = body[index] ?? 0
    return Math.max(header[index] ?? 0, token.align[index] === 'right' ? own : Math.min(own, MIN_WORDS))
  }
  const over = (): number => fitted.reduce((sum, width) => sum + width + 2, -2) - room
  const shrink = (floor: (index: number) => number): void => {
    for (;;) {
      const order = fitted.map((_, index) => index).filter((index) => (fitted[index] ?? 0) > floor(index))
      const [first, second] = order.sort((x, y) => (fitted[y] ?? 0) - (fitted[x] ?? 0))
      if (over() <= 0 || first === undefined) return
      // Down to the next widest, so that no column pays alone.
      const next = second === undefined ? 0 : (fitted[second] ?? 0) - 1
      fitted[first] = Math.max(floor(first), next, (fitted[first] ?? 0) - over())
    }
  }
  shrink((index) => Math.max(floorOf(index), body[index] ?? 0))
  shrink(floorOf)
  return over() > 0 ? undefined : fitted
}

/** A table that is too wide: every row as a heading and a line for each of its cells. */
function stacked(rows: readonly (readonly string[])[], pen: Pen): string {
  const [header = [], ...body] = rows
  const left = Math.min(Math.floor(pen.width / 2), Math.max(0, ...header.slice(1).map((title) => stringWidth(title))))
  const right = Math.max(8, pen.width - left - 4)
  return body
    .map(([name = '', ...cells]) => {
      const lines = cells.flatMap((cell, index) =>
        cell.trim() === ''
          ? []
          : wrapAnsi(cell, right, { hard: true })
              .split('\n')
              .map((text, line) => {
                const title = line === 0 ? (header[index + 1] ?? '') : ''
                return `  ${pen.colors.dim(pad(title, left, false))}  ${text}`
              }),
      )
      return [wrapAnsi(name, pen.width, { hard: true }), ...lines].join('\n')
    })
    .join('\n')
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)))
  return right ? space + text : text + space
}

function inline(tokens: readonly Token[], pen: Pen): string {
  const { colors } = pen
  return tokens
    .map((token): string => {
      if (isKind(token, 'strong')) return colors.bold(inline(token.tokens, pen))
      if (isKind(token, 'em')) return inline(token.tokens, pen)
      if (isKind(token, 'codespan')) return colors.cyan(decode(token.text))
      if (isKind(token, 'link')) return inline(token.tokens, pen)
      if (isKind(token, 'br')) return '\n'
      if (isKind(token, 'html')) return ''
      if (isKind(token, 'text') && token.tokens) return inline(token.tokens, pen)
      return 'text' in token && typeof token.text === 'string' ? statusMark(decode(token.text), colors) : ''
    })
    .join('')
}

const statusMark = (text: string, colors: Colors): string =>
  text
    .replaceAll('✅', colors.green('✓'))
    .replaceAll('❌', colors.red('✗'))
    .replace(/⚠️?/g, colors.yellow('?'))
    .replaceAll('\u00a0', ' ')

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' }
const decode = (text: string): string =>
  text.replace(
    /&(#?\w+);/g,
    (whole, name: string) =>
      ENTITIES[name] ?? (/^#\d{2,3}$/.test(name) ? String.fromCharCode(Number(name.slice(1))) : whole),
  )

interface Kinds {
  heading: Tokens.Heading
  paragraph: Tokens.Paragraph
  table: Tokens.Table
  list: Tokens.List
  blockquote: Tokens.Blockquote
  code: Tokens.Code
  html: Tokens.HTML
  text: Tokens.Text
  strong: Tokens.Strong
  em: Tokens.Em
  codespan: Tokens.Codespan
  link: Tokens.Link
  br: Tokens.Br
}
const isKind = <K extends keyof Kinds>(token: Token, kind: K): token is Kinds[K] => token.type === kind
