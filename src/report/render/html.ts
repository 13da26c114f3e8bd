import { formatNumber } from '../../core/format.ts'
import { clip, escapeHtml, oneLine } from '../../core/text.ts'
import {
  isList,
  plainText,
  STATUS_WORDS,
  type Block,
  type Chart,
  type Inline,
  type LineChart,
  type Section,
  type Status,
  type TableBlock,
} from '../document.ts'
import { safeUrl } from './markdown.ts'
import { barSvg, intervalSvg, linesSvg } from './svg.ts'

const MAX_TEXT = 600
const SIGNS: Readonly<Record<Status, string>> = { good: '✓', bad: '✕', unknown: '?', none: '' }

/** Foreign text for an element or attribute. */
export const html = (text: string): string => escapeHtml(oneLine(clip(text, MAX_TEXT)))

export function sectionHtml(section: Section): string {
  const id = `s-${section.id}`
  const body = blocksHtml(section.blocks, id)
  if (section.title === '') return `<section id="${id}">${body}</section>`
  return `<section id="${id}" aria-labelledby="${id}-h"><h2 id="${id}-h">${html(section.title)}</h2>${body}</section>`
}

export const blocksHtml = (blocks: readonly Block[], id: string): string =>
  blocks.map((block, index) => blockHtml(block, `${id}-${index}`)).join('\n')

function blockHtml(block: Block, id: string): string {
  switch (block.kind) {
    case 'headline':
      return `<h1>${statusHtml(block.status)} ${inlineHtml(block.text)}</h1>`
    case 'paragraph':
      return `<p>${inlineHtml(block.text)}</p>`
    case 'callout':
      return `<div class="callout ${block.status}">${block.lines.map((line) => `<p>${inlineHtml(line)}</p>`).join('')}</div>`
    case 'checkbox':
      return `<p>${inlineHtml(block.text)}</p>`
    case 'table':
      return tableHtml(block)
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${inlineHtml(item)}</li>`).join('')}</ul>`
    case 'code':
      return `<pre class="block" tabindex="0"><code>${block.text
        .split('\n')
        .map((line) => escapeHtml(oneLine(line)))
        .join('\n')}</code></pre>`
    case 'chart':
      return chartHtml(block.chart, id)
    case 'details':
      return `<details><summary>${inlineHtml(block.summary)}</summary><div class="inner">${blocksHtml(block.blocks, id)}</div></details>`
  }
}

function tableHtml(block: TableBlock): string {
  if (block.rows.length === 0) return ''
  const head = block.columns.map(
    (column) => `<th scope="col"${side(column.align)}>${html(column.title) || '<span class="hidden">Note</span>'}</th>`,
  )
  const rows = block.rows.map((row) => {
    const cells = row.map((cell, index) => {
      const attributes = side(block.columns[index]?.align ?? 'left')
      return index === 0
        ? `<th scope="row"${attributes}>${inlineHtml(cell)}</th>`
        : `<td${attributes}>${inlineHtml(cell)}</td>`
    })
    return `<tr>${cells.join('')}</tr>`
  })
  // A region that can be scrolled must be reachable by keyboard.
  return `<div class="scroll" role="region" aria-label="${html(block.caption)}" tabindex="0"><table><caption class="hidden">${html(block.caption)}</caption><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

const side = (align: 'left' | 'right'): string => (align === 'right' ? ' class="num"' : '')

function chartHtml(chart: Chart, id: string): string {
  switch (chart.kind) {
    case 'bars': {
      if (chart.bars.length === 0) return ''
      const max = Math.max(chart.limit ?? 0, ...chart.bars.map((bar) => bar.value))
      const items = chart.bars.map(
        (bar) =>
          `<li><span class="label">${html(bar.label)}</span>${barSvg(bar.value, max, bar.status)}<span class="value">${formatNumber(bar.value)}</span></li>`,
      )
      return figure(chart.title, `<ul class="bars">${items.join('')}</ul>`)
    }
    case 'intervals': {
      if (chart.rows.length === 0) return ''
      const items = chart.rows.map((row) => {
        const difference = formatNumber(row.value, { digits: row.digits, signed: true })
        return `<li><span class="label">${html(row.label)}</span>${intervalSvg(row)}<span class="value">${difference}</span></li>`
      })
      const legend =
        '<p class="ends" aria-hidden="true"><span></span><span><i>◂ worse</i><i>no difference</i><i>better ▸</i></span></p>'
      return figure(chart.title, `${legend}<ul class="bars intervals">${items.join('')}</ul>`)
    }
    case 'lines': {
      const drawing = linesSvg(chart, id)
      return drawing === '' ? '' : figure(chart.title, `${drawing}${legendHtml(chart)}`)
    }
    case 'steps': {
      const steps = chart.steps.map(
        (step) =>
          `<li><span class="step">${html(step.name)}</span><span class="detail">${html(step.detail)}</span></li>`,
      )
      return `<ol class="steps" aria-label="${html(chart.title)}">${steps.join('')}</ol>`
    }
  }
}

const figure = (title: string, body: string): string =>
  `<figure><figcaption>${html(title)}</figcaption>${body}</figure>`

function legendHtml(chart: LineChart): string {
  const names = chart.series.map((series) => `<li class="${series.tone}">${html(series.name)}</li>`)
  if (chart.diagonal !== null) names.push(`<li class="diagonal">${html(chart.diagonal)}</li>`)
  return `<ul class="legend">${names.join('')}</ul>`
}

export function statusHtml(status: Status): string {
  if (status === 'none') return ''
  return `<span class="mark ${status}" role="img" aria-label="${STATUS_WORDS[status]}">${SIGNS[status]}</span>`
}

export function inlineHtml(inline: Inline): string {
  if (typeof inline === 'string') return html(inline)
  if (isList(inline)) return inline.map(inlineHtml).join('')
  switch (inline.kind) {
    case 'code':
      return `<code>${html(inline.text)}</code>`
    case 'strong':
      return `<strong>${inlineHtml(inline.of)}</strong>`
    case 'status':
      return inline.label === ''
        ? statusHtml(inline.status)
        : `<span class="gate">${statusHtml(inline.status)} ${html(inline.label)}</span>`
    case 'volatile':
      return inlineHtml(inline.of)
    case 'link': {
      const url = safeUrl(inline.url)
      return url === undefined
        ? html(plainText(inline.of))
        : `<a href="${escapeHtml(url)}" rel="noreferrer">${inlineHtml(inline.of)}</a>`
    }
  }
}
