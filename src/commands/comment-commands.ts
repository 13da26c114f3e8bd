import { lexer, type Token } from 'marked'

/** One `/refit …` line of a comment, as it was written. */
export interface CommentCommand {
  /** In lower case; '' where nothing follows `/refit`. */
  readonly verb: string
  /** The word after the verb, whatever it is; '' where there is none. */
  readonly model: string
  readonly reason: string
}

/** Up to three spaces are none to Markdown; four make it code. */
const LINE = /^ {0,3}\/refit(?=\s|$)(.*)$/is
/** What nobody sees, and programs copy along: marks of order, of direction and of possible line breaks. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
const FOOTNOTE = /^ {0,3}\[\^[^\]\s]+\]:/gm
const FORMULA = /\$\$[^]*?\$\$/g
/** Elements without an end tag. */
const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '))

/**
 * The commands of a comment: lines of its own paragraphs, as GitHub shows them. What is quoted, listed, code, struck out,
 * a link's text, or inside of HTML (a comment, `<details>`) was not said by this person now, and is no command.
 */
export function commentCommands(body: string): readonly CommentCommand[] {
  const text = body
    .replace(/\r\n?/g, '\n')
    .replace(INVISIBLE, '')
    .replace(/\p{Zs}/gu, ' ')
  if (!text.split('\n').some((line) => LINE.test(line))) return []
  return ownLines(text).flatMap((line) => {
    const rest = LINE.exec(line)?.[1]
    return rest === undefined ? [] : [parse(rest)]
  })
}

function parse(rest: string): CommentCommand {
  const [, verb = '', model = '', reason = ''] = /^\s*(\S*)\s*(\S*)\s*(.*)$/s.exec(rest.replace(/\\?\s*$/, '')) ?? []
  return { verb: verb.toLowerCase(), model, reason }
}

/** The lines that begin in the open text of a paragraph, each whole. */
function ownLines(text: string): readonly string[] {
  const lines: string[] = []
  let depth = 0
  for (const token of blocks(text)) {
    if (token.type === 'html') depth = Math.max(0, depth + nesting(token.raw))
    else if (isText(token)) {
      const starts = new Set<number>()
      let at = 0
      for (const part of token.tokens ?? []) {
        const open =
          part.type === 'text' ||
          part.type === 'br' ||
          part.type === 'escape' ||
          part.type === 'em' ||
          part.type === 'strong'
        if (part.type === 'html') depth = Math.max(0, depth + nesting(part.raw))
        if (depth === 0) {
          if (at === 0 && open) starts.add(0)
          // A line that follows a line break begins in the token that has the break.
          for (const { index } of open ? part.raw.matchAll(/\n/g) : []) starts.add(at + index + 1)
        }
        at += part.raw.length
      }
      for (const { index, 0: formula } of token.raw.matchAll(FORMULA))
        for (const line of starts) if (line > index && line < index + formula.length) starts.delete(line)
      let start = 0
      for (const line of token.raw.split('\n')) {
        if (starts.has(start)) lines.push(line)
        start += line.length + 1
      }
    }
  }
  return lines
}

/** A text so deeply nested that it cannot be read was made for that. */
function blocks(text: string): readonly Token[] {
  try {
    // A footnote goes on as an item of a list does.
    return lexer(text.replace(FOOTNOTE, '- '))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return []
  }
}

/** A paragraph, or one over a signature (`--` below a line makes it a heading). */
function isText(token: Token): token is Token & { readonly tokens?: readonly Token[] } {
  return token.type === 'paragraph' || (token.type === 'heading' && !/^ {0,3}#/.test(token.raw))
}

/** How many elements more are open after this HTML than before. */
function nesting(html: string): number {
  let open = 0
  for (const [tag, end, name = ''] of html.replace(/<!--[^]*?-->/g, '').matchAll(/<(\/?)([a-z][a-z0-9-]*)[^>]*>/gi)) {
    if (!VOID.has(name.toLowerCase()) && !tag.endsWith('/>')) open += end === '' ? 1 : -1
  }
  return open
}
