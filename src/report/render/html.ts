import { clip, escapeHtml, oneLine } from '../../core/text.ts'
import {
  isList,
  plainText,
  STATUS_WORDS,
  type Block,
  type Definition,
  type Inline,
  type Section,
  type Status,
  type TableBlock,
} from '../document.ts'
import { chartHtml } from './html-chart.ts'
import { safeUrl } from './markdown.ts'

const MAX_TEXT = 600
const SIGNS: Readonly<Record<Status, string>> = { good: '✓', bad: '✕', unknown: '?', none: '' }

/** What a page knows about itself. */
export interface HtmlContext {
  /** Where each explained term stands on the page: term → id. */
  readonly terms: ReadonlyMap<string, string>
  /** How often a caption has named a region so far: landmarks of one name cannot be told apart by ear. */
  readonly captions?: Map<string, number>
}
const NOWHERE: HtmlContext = { terms: new Map() }

/** Foreign text for an element or attribute. */
export const html = (text: string): string => escapeHtml(oneLine(clip(text, MAX_TEXT)))

export function sectionHtml(section: Section, context: HtmlContext = NOWHERE): string {
  const id = `s-${section.id}`
  const body = blocksHtml(section.blocks, id, context)
  if (section.title === '') return `<section id="${id}">${body}</section>`
  return `<section id="${id}" aria-labelledby="${id}-h"><h2 id="${id}-h">${html(section.title)}</h2>${body}</section>`
}

export const blocksHtml = (blocks: readonly Block[], id: string, context: HtmlContext = NOWHERE): string =>
  blocks.map((block, index) => blockHtml(block, `${id}-${index}`, context)).join('\n')

function blockHtml(block: Block, id: string, context: HtmlContext): string {
  const inline = (text: Inline): string => inlineHtml(text, context)
  switch (block.kind) {
    case 'headline':
      return `<h1>${statusHtml(block.status)} ${inline(block.text)}</h1>`
    case 'heading':
      return `<h3>${html(block.text)}</h3>`
    case 'paragraph':
      return `<p>${inline(block.text)}</p>`
    case 'callout':
      return `<div class="callout ${block.status}">${block.lines.map((line) => `<p>${inline(line)}</p>`).join('')}</div>`
    case 'checkbox':
      return `<p>${inline(block.text)}</p>`
    case 'table':
      return tableHtml(block, context)
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`
    case 'code':
      return `<pre class="block" tabindex="0"><code>${block.text
        .split('\n')
        .map((line) => escapeHtml(oneLine(line)))
        .join('\n')}</code></pre>`
    case 'chart':
      return chartHtml(block.chart, id)
    case 'details':
      return `<details><summary>${inline(block.summary)}</summary><div class="inner">${blocksHtml(block.blocks, id, context)}</div></details>`
    case 'columns': {
      const cells = block.of.map((blocks, index) => `<div>${blocksHtml(blocks, `${id}-${index}`, context)}</div>`)
      return `<div class="pair">${cells.join('')}</div>`
    }
    case 'definitions':
      return `<dl class="terms">${block.entries.map((entry) => definitionHtml(entry, context)).join('')}</dl>`
    case 'only':
      return block.medium === 'html' ? blocksHtml(block.blocks, id, context) : ''
  }
}

function definitionHtml(entry: Definition, context: HtmlContext): string {
  const id = context.terms.get(entry.term)
  const formula = entry.formula === undefined ? '' : `<p class="formula"><code>${html(entry.formula)}</code></p>`
  const source = entry.source === undefined ? '' : `<p class="source">Source: ${sourceHtml(entry.source)}</p>`
  return `<div><dt${id === undefined ? '' : ` id="${id}"`}>${html(entry.name)}</dt><dd><p>${html(entry.text)}</p>${formula}${source}</dd></div>`
}

function sourceHtml(source: NonNullable<Definition['source']>): string {
  const url = source.url === undefined ? undefined : safeUrl(source.url)
  return url === undefined
    ? html(source.text)
    : `<a href="${escapeHtml(url)}" rel="noreferrer">${html(source.text)}</a>`
}

function tableHtml(block: TableBlock, context: HtmlContext): string {
  if (block.rows.length === 0) return ''
  const head = block.columns.map((column) => {
    const title = column.term === undefined ? html(column.title) : termHtml(column.title, column.term, context)
    return `<th scope="col"${side(column.align)}>${title || '<span class="hidden">Note</span>'}</th>`
  })
  const rows = block.rows.map((row) => {
    const cells = row.map((cell, index) => {
      const attributes = side(block.columns[index]?.align ?? 'left')
      return index === 0
        ? `<th scope="row"${attributes}>${inlineHtml(cell, context)}</th>`
        : `<td${attributes}>${inlineHtml(cell, context)}</td>`
    })
    return `<tr>${cells.join('')}</tr>`
  })
  // A region that can be scrolled must be reachable by keyboard.
  return `<div class="scroll" role="region" aria-label="${html(regionName(block.caption, context))}" tabindex="0"><table><caption class="hidden">${html(block.caption)}</caption><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

/** `Table: Drift of the columns`, the second of that name `Table: Drift of the columns, 2`. */
function regionName(caption: string, { captions }: HtmlContext): string {
  const number = (captions?.get(caption) ?? 0) + 1
  captions?.set(caption, number)
  return `Table: ${caption}${number === 1 ? '' : `, ${number}`}`
}

const side = (align: 'left' | 'right'): string => (align === 'right' ? ' class="num"' : '')

export function statusHtml(status: Status): string {
  if (status === 'none') return ''
  return `<span class="mark ${status}" role="img" aria-label="${STATUS_WORDS[status]}">${SIGNS[status]}</span>`
}

function inlineHtml(inline: Inline, context: HtmlContext = NOWHERE): string {
  if (typeof inline === 'string') return html(inline)
  if (isList(inline)) return inline.map((part) => inlineHtml(part, context)).join('')
  switch (inline.kind) {
    case 'code':
      return `<code>${html(inline.text)}</code>`
    case 'strong':
      return `<strong>${inlineHtml(inline.of, context)}</strong>`
    case 'term':
      return termHtml(inline.of, inline.term, context)
    case 'measured':
      return inline.interval === ''
        ? inlineHtml(inline.of, context)
        : `${inlineHtml(inline.of, context)}<span class="iv"><span class="hidden"> interval </span>${html(inline.interval)}</span>`
    case 'status':
      return inline.label === ''
        ? statusHtml(inline.status)
        : `<span class="gate">${statusHtml(inline.status)} ${html(inline.label)}</span>`
    case 'volatile':
      return inlineHtml(inline.of, context)
    case 'link': {
      const url = safeUrl(inline.url)
      return url === undefined
        ? html(plainText(inline.of))
        : `<a href="${escapeHtml(url)}" rel="noreferrer">${inlineHtml(inline.of, context)}</a>`
    }
  }
}

/** A link to the glossary, or the words alone where it says nothing about them. */
function termHtml(of: Inline, term: string, context: HtmlContext): string {
  const id = context.terms.get(term)
  const words = inlineHtml(of, context)
  return id === undefined ? words : `<a class="term" href="#${id}">${words}</a>`
}
