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
function htmlText(text: string, { colors, folded }: Pen): string {
  const summary = /<summary>([\s\S]*?)<\/summary>/.exec(text)?.[1]
  return summary === undefined
    ? ''
    : colors.bold(`${folded ? '▸' : '▾'} ${decode(summary.replace(/<[^>]*>/g, '')).trim()}`)
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

/**
 * Column widths that fit the room: first headers wrap, then the widest column of words gives way, then the widest of
 * any kind. None gets narrower than eight characters.
 */
function fit(token: Tokens.Table, rows: readonly (readonly string[])[], room: number): readonly number[] {
  const widthOf = (from: number): number[] =>
    token.header.map((_, index) => Math.max(0, ...rows.slice(from).map((row) => stringWidth(row[index] ?? ''))))
  const fitted = widthOf(0)
  const body = widthOf(1)
  const words = token.align.map((align) => align !== 'right')
  const shrink = (may: (index: number) => boolean, floor: (index: number) => number): void => {
    for (;;) {
      const over = fitted.reduce((sum, width) => sum + width + 2, -2) - room
      const order = fitted.map((_, index) => index).filter((index) => may(index) && (fitted[index] ?? 0) > floor(index))
      const widest = order.sort((x, y) => (fitted[y] ?? 0) - (fitted[x] ?? 0))[0]
      if (over <= 0 || widest === undefined) return
      fitted[widest] = Math.max(floor(widest), (fitted[widest] ?? 0) - over)
    }
  }
  shrink(
    () => true,
    (index) => Math.max(8, body[index] ?? 0),
  )
  shrink(
    (index) => words[index] === true,
    () => 8,
  )
  shrink(
    () => true,
    () => 8,
  )
  return fitted
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
