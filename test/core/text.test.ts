import * as fc from 'fast-check'
import { lexer, Marked, type Token } from 'marked'
import { describe, expect, it } from 'vitest'
import { clip, codeSpan, escapeHtml, escapeMarkdown, oneLine } from '../../src/core/text.ts'

/** Text made of what breaks Markdown, mixed with letters. */
const nasty = fc.string({
  unit: fc.constantFrom(
    ...'`|*_[]()<>!#@&$~\\-+=:.\n\r\t\u202e\u0000 "\'ab1é漢',
    '<!--',
    '-->',
    '://',
    'www.',
    '@bob',
    '#12',
    '```',
  ),
  maxLength: 40,
})
const marked = new Marked({ gfm: true })
const kinds = (tokens: readonly Token[]): string[] =>
  tokens.flatMap((token) => [token.type, ...('tokens' in token && token.tokens ? kinds(token.tokens) : [])])

describe('escapeMarkdown', () => {
  it('leaves ordinary words and numbers readable', () => {
    for (const text of ['usage_minutes', '0.871', '+0.021 (+0.012 … +0.030)', '2026-09-13T22:41:07Z', 'a-b', '4d 2h']) {
      expect(escapeMarkdown(text)).toBe(text)
    }
  })
  it.each([
    ['**bold**', '\\*\\*bold\\*\\*'],
    ['a|b', 'a\\|b'],
    ['<script>', '&lt;script&gt;'],
    ['<!-- refit:model=x -->', '&lt;!-- refit:model=x --&gt;'],
    ['@maintainers', '@\u200bmaintainers'],
    ['fixes #12', 'fixes #\u200b12'],
    ['GH-7', 'GH-\u200b7'],
    ['https://evil.example', 'https:\u200b//evil.example'],
    ['www.evil.example', 'www\u200b.evil.example'],
    [':tada:', ':\u200btada:'],
    ['# title', '\\# title'],
    ['1. item', '1\\. item'],
    ['- item', '\\- item'],
    ['two\nlines', 'two lines'],
    ['user\u202etxt.exe', 'user\ufffdtxt.exe'],
  ])('takes the meaning out of %j', (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected)
  })
  it('is text and nothing else, whatever it holds', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const tokens = lexer(escapeMarkdown(text).trim() || 'x', { gfm: true })
        expect(tokens).toHaveLength(1)
        expect(new Set(kinds(tokens))).toEqual(
          new Set(kinds(tokens).filter((kind) => /^(paragraph|text|escape)$/.test(kind))),
        )
      }),
    )
  })
})

describe('codeSpan', () => {
  it('holds backticks and pipes', () => {
    expect(codeSpan('plan')).toBe('`plan`')
    expect(codeSpan('a`b')).toBe('``a`b``')
    expect(codeSpan('`a`')).toBe('`` `a` ``')
    expect(codeSpan('a|b')).toBe('<code>a\\|b</code>')
    expect(codeSpan('')).toBe('` `')
  })
  it('stays one cell of a table and shows the text as it is', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const [token] = lexer(`| a | b |\n| - | - |\n| ${codeSpan(text)} | end |\n`, { gfm: true })
        expect(token?.type).toBe('table')
        const rows = token && 'rows' in token ? (token.rows as { text: string }[][]) : []
        expect(rows.map((row) => row.map((cell) => cell.text).at(-1))).toEqual(['end'])
      }),
    )
  })
  it('lets no element through but its own', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const html = marked.parse(`x ${codeSpan(text)} x`, { async: false })
        expect(html.replace(/<\/?(p|code)>/g, '')).not.toMatch(/<[a-z!/]/i)
      }),
    )
  })
})

describe('the other helpers', () => {
  it('clips by characters and says so', () => {
    expect(clip('abcdef', 4)).toBe('abc…')
    expect(clip('abc', 4)).toBe('abc')
    expect(clip('😀😀😀😀😀', 4)).toBe('😀😀😀…')
  })
  it('puts everything on one line', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...'\n\r\t\v\u0000\u001b\u007f\u0085\u009b\u2028\u202e\u2066\ud800\ufeff', '😀', 'a'),
        }),
        (text) => {
          expect(oneLine(text)).not.toMatch(/[\p{Cc}\p{Surrogate}\u202e]/u)
        },
      ),
    )
  })
  it('escapes HTML', () => {
    expect(escapeHtml(`<a href="x">'&`)).not.toMatch(/[<>"']/)
  })
})
