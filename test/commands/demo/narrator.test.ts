import { describe, expect, it } from 'vitest'
import { createNarrator } from '../../../src/commands/demo/narrator.ts'

describe('the narrator', () => {
  it('wraps at spaces, indents, and never loses a word', () => {
    let said = ''
    const narrator = createNarrator({ columns: 40, write: (text) => (said += text) })
    narrator.item('yes', 'drift', 'five of thirteen columns have drifted, the worst is plan')
    const lines = said.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.slice(1).every((line) => line.startsWith(' '.repeat(18)))).toBe(true)
    expect(said.replace(/\s+/g, ' ')).toContain('five of thirteen columns have drifted, the worst is plan')
  })

  it('speaks no escape sequence that came in a text of others', () => {
    let said = ''
    createNarrator({ columns: 80, write: (text) => (said += text) }).tell('evil \u001b[2Jtext')
    expect(said).toBe('evil text\n')
  })
})
