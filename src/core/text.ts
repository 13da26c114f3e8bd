import { hideSecrets } from './secrets.ts'

/**
 * Foreign text on one line and without characters that steer how it is shown: line breaks and tabs become a space;
 * other control characters, bidirectional overrides (which can make text read as something else), invisible tag
 * characters and lone surrogates become `�`, so that a reader sees that something was there.
 */
export function oneLine(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[\r\n\t\v\f\u0085\u2028\u2029]+/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '\ufffd')
    .replace(/[\u{e0000}-\u{e007f}]/gu, '\ufffd')
}

/**
 * Foreign text for a Markdown table cell or sentence: no markup, no HTML, no line break, and nothing that GitHub turns
 * into a mention, an issue or commit reference, a link, an emoji or a formula. A backslash does not stop references
 * (they are found after rendering), a zero-width space does.
 */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*[\]|~$]/g, (mark) => `\\${mark}`)
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/@/g, '@\u200b')
    .replace(/#(?=\d)/g, '#\u200b')
    .replace(/GH-(?=\d)/gi, (mark) => `${mark}\u200b`)
    .replace(/:\/\//g, ':\u200b//')
    .replace(/www\./gi, (mark) => `${mark.slice(0, -1)}\u200b.`)
    .replace(/(?<!\d):(?=[\w+-]+:)/g, ':\u200b')
    .replace(/^(\s*)(#{1,6}|[+-]|=+|-+)(?=\s|$)/, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)])(?=\s|$)/, '$1\\$2')
}

/**
 * Foreign text as Markdown code, for a table cell or a sentence: a fence longer than any run of backticks in it. A pipe
 * cannot be written in a code span so that every parser agrees on the table, so such text becomes a `<code>` element.
 */
export function codeSpan(text: string): string {
  const plain = oneLine(text)
  if (plain.trim() === '') return '` `'
  if (plain.includes('|')) return `<code>${escapeMarkdown(plain)}</code>`
  const runs = new Set(plain.match(/`+/g)?.map((run) => run.length))
  let fence = '`'
  while (runs.has(fence.length)) fence += '`'
  const pad = /^`|`$|^ .* $/.test(plain) ? ' ' : ''
  return fence + pad + plain + pad + fence
}

/** At most `limit` characters (code points), the cut marked by `…`. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text
  const points = Array.from(text.slice(0, limit * 2))
  return points.length <= limit && text.length <= limit * 2 ? text : `${points.slice(0, limit - 1).join('')}…`
}

/** Foreign text for HTML element content and double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
}

/** Foreign text for a log: no secrets, no terminal escapes, and no line that a runner would read as a `::workflow command::`. */
export function escapeLog(text: string): string {
  return hideSecrets(text)
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '')
    .replace(/^(\s*)(::|##\[)/gm, '$1\u200b$2')
}

/** `1 row`, `2,000 rows`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? noun : plural}`
}
