import pc from 'picocolors'
import wrapAnsi from 'wrap-ansi'
import { escapeLog } from '../../core/text.ts'

/** Where the demo's story is told: stdout, or a collector in tests. */
export interface Out {
  readonly columns?: number | undefined
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

/** The voice of the demo. What the product says is told apart from what happens around it. */
export interface Narrator {
  /** A new month. */
  chapter(title: string): void
  /** What happens in the business, and what a person does. */
  tell(text: string): void
  /** What Refit says. */
  refit(text: string): void
  /** One trigger, gate or stage: a mark, a name, a sentence. */
  item(mark: 'yes' | 'no' | 'quiet' | 'open', name: string, text: string): void
  /** A longer text as it is, indented. */
  quote(text: string): void
}

const MAX_WIDTH = 110
const MARKS = { yes: pc.green('✓'), no: pc.red('✗'), quiet: pc.dim('·'), open: pc.yellow('●') } as const

export function createNarrator(out: Out): Narrator {
  const width = Math.min(MAX_WIDTH, out.columns ?? MAX_WIDTH)
  const lines = (text: string, indent: string, first = indent): void => {
    const wrapped = wrapAnsi(escapeLog(text), width - indent.length).split('\n')
    wrapped.forEach((line, i) => out.write(`${i === 0 ? first : indent}${line}\n`))
  }
  return {
    chapter(title) {
      out.write(`\n${pc.bold(pc.cyan(`── ${title} `.padEnd(width, '─')))}\n`)
    },
    tell(text) {
      lines(text, '')
    },
    refit(text) {
      lines(text, '        ', `${pc.magenta('refit')} ${pc.dim('›')} `)
    },
    item(mark, name, text) {
      lines(text, ' '.repeat(18), `  ${MARKS[mark]} ${name.padEnd(13)} `)
    },
    quote(text) {
      for (const line of text.trimEnd().split('\n')) out.write(`  ${pc.dim('│')} ${line}\n`)
    },
  }
}
