import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { execute } from '../../src/commands/execute.ts'
import type { Project } from '../../src/commands/project.ts'
import { parseConfig } from '../../src/config/load.ts'
import { silentLog } from '../../src/core/log.ts'
import { createGitHubForge } from '../../src/forge/github/github-forge.ts'
import { startEmulator, type Emulator } from '../support/github-emulator/emulator.ts'
import { git, makeRepository } from '../support/git.ts'

const CONFIG = `models:
  other: {data: data.csv, label: y, rollout: {target: none}}
  m: {data: {command: 'touch ran; cat data.csv'}, label: y, rollout: {target: none}}
`
const FILES = { '.github/refit.yml': CONFIG, 'data.csv': `x,y\n${'1,0\n2,1\n'.repeat(50)}` }

let emulator: Emulator
let root: string
beforeEach(async () => {
  emulator = await startEmulator({ files: FILES })
  root = makeRepository(FILES)
})
afterEach(() => emulator.close())

const run = async (codeCommit: string | null) => {
  const { token, url: apiUrl, repository } = emulator
  const forge = createGitHubForge({ token, apiUrl, repository, log: silentLog, secondMs: 1 })
  const project: Project = {
    root,
    configPath: '.github/refit.yml',
    configText: CONFIG,
    config: parseConfig(CONFIG, '.github/refit.yml'),
    forge,
    clock: () => Date.UTC(2026, 0, 1),
    log: silentLog,
    request: { by: 'the schedule', reason: null, manual: false, runUrl: null, codeCommit },
    output: join(root, '.refit'),
    gatewayUrl: undefined,
    gatewayToken: undefined,
  }
  // The gates depend on the task, so that the label is read.
  const { models } = await execute(project, {
    work: [{ kind: 'refresh', model: '', manual: false, reason: null }],
    comment: undefined,
  })
  return models
}

test.each(['f'.repeat(40), null])(
  'a command of a checkout that is not the default branch’s prints no data: %s',
  async (commit) => {
    git(root, ['commit', '--quiet', '--allow-empty', '--message=A pull request'])
    const [other, model] = await run(commit)
    expect(model).toMatchObject({ outcome: 'error', error: { code: 'usage' } })
    expect(model?.note).toMatch(/^the checkout.* is not that of the default branch, and nothing else is run$/)
    expect(existsSync(join(root, 'ran'))).toBe(false)
    // The other model needs no program.
    expect(other?.note).not.toContain('default branch')
  },
)

test('one of the default branch prints them', async () => {
  await run(emulator.branch('main') as string)
  expect(existsSync(join(root, 'ran'))).toBe(true)
})
