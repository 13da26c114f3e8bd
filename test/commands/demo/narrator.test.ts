import { describe, expect, it } from 'vitest'
import { createNarrator, wrap } from '../../../src/commands/demo/narrator.ts'

describe('the narrator', () => {
  it('wraps at spaces and never loses a word', () => {
    const text = 'the quick brown fox jumps over extraordinarily-long-words and the lazy dog'
    const lines = wrap(text, 16)
    expect(lines.join(' ')).toBe(text)
    expect(lines.filter((line) => line.length > 16)).toEqual(['extraordinarily-long-words'])
    expect(wrap('', 10)).toEqual([''])
  })

  it('speaks no escape sequence that came in a text of others', () => {
    let said = ''
    createNarrator({ columns: 80, write: (text) => (said += text) }).tell('evil \u001b[2Jtext')
    expect(said).toBe('evil text\n')
  })
})
