import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CommanderError } from 'commander'
import { globSync } from 'tinyglobby'
import { expect, test } from 'vitest'
import { createProgram } from '../../src/commands/cli.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGES = globSync(['README.md', 'docs/*.md', 'examples/**/*.md', 'test/report/snapshots/*.snap'], { cwd: ROOT })

/** What the command line says against these words; undefined where it would begin. */
function complaint(line: string): string | undefined {
  const program = createProgram({})
  const complaints: string[] = []
  for (const command of [program, ...program.commands]) {
    command.configureOutput({ writeOut() {}, writeErr: (text) => complaints.push(text.split('\n', 1)[0] as string) })
    if (command !== program) command.action(() => {})
  }
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')
  try {
    program.parse(['node', ...words])
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
  }
  // `refit pr merge 1` would look for a pull request of that name.
  const [, command, first] = words
  return complaints[0] ?? (command === 'pr' && /^[a-z]/i.test(first ?? '') ? 'no pull request has a name' : undefined)
}

/** Lines of code blocks whole, and the code of sentences, where a command may be named without what it needs. */
function commandsOf(page: string): { readonly line: string; readonly whole: boolean }[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const blocks = [...text.matchAll(/^(?:\$ |> | {4}| {0,3})(refit [a-z].*)$/gm)]
    .map(([, line = '']) => line.replace(/(?: #| →| &&| \|| 2?>|;).*$/, ''))
    .map((line) => ({ line, whole: true }))
  const spans = [...text.matchAll(/`(refit [a-z][^`\n]*)`/g)].map(([, line = '']) => ({ line, whole: false }))
  return [...blocks, ...spans]
}

test.each(PAGES)('every command of %s is one that the command line understands', (page) => {
  const wrong = commandsOf(page).flatMap(({ line, whole }) => {
    const said = complaint(line)
    return said === undefined || (!whole && /required option|missing required/.test(said)) ? [] : [`${line}: ${said}`]
  })
  expect(wrong).toEqual([])
})
