import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { execute } from '../../src/commands/execute.ts'
import { rewrittenFile } from '../../src/commands/judged-data.ts'
import type { Project } from '../../src/commands/project.ts'
import type { ModelRun } from '../../src/commands/run.ts'
import { parseConfig } from '../../src/config/load.ts'
import type { ModelConfig } from '../../src/config/schema.ts'
import { silentLog } from '../../src/core/log.ts'
import type { Forge, PullRequest } from '../../src/forge/forge.ts'
import { createGitHubForge } from '../../src/forge/github/github-forge.ts'
import { startEmulator, type Emulator, type EmulatorOptions } from '../support/github-emulator/emulator.ts'
import type { RunRecord } from '../../src/report/run-record.ts'
import { days, TriggerProject } from '../support/trigger-project.ts'

const BRANCH = 'refit/retrain/m'
const RUN = 'https://github.com/acme/models/actions/runs/77'
const settings = (more = ''): string =>
  `train: {model: linear, epochs: 10}\ntriggers: {performance: false, drift: false, volume: {rows: 200}}\n${more}`
/** No candidate can pass it. */
const IMPOSSIBLE = 'gates: [{metric: auc, min: 0.999}]'

let world: TriggerProject
let proposed: TriggerProject
beforeAll(async () => {
  proposed = await TriggerProject.create(settings(), 30)
  proposed.write('data/january.csv', days({ from: 0, to: 30, seed: 1 }))
  await proposed.promote()
  proposed.write('data/february.csv', days({ from: 30, to: 60, seed: 2 }))
  proposed.day = 60
  expect(await proposed.refresh()).toMatchObject({ outcome: 'proposed' })
})
beforeEach(async () => {
  world = await proposed.copy(60)
})
afterEach(() => world.remove())
afterAll(() => proposed.remove())

const run = async (project: Project, manual = false): Promise<ModelRun> => {
  const work = { kind: 'refresh', model: 'm', manual, reason: manual ? 'asked' : null } as const
  return (await execute(project, { work: [work], comment: undefined })).models[0] as ModelRun
}
const later = (): Project => world.project({ runUrl: RUN })
const open = async (): Promise<PullRequest> => (await world.forge.openPullRequest(BRANCH)) as PullRequest
/** What the pull request's newest commit says, as the local forge keeps it. */
const verdict = async (forge: Forge = world.forge) => {
  const pull = (await forge.openPullRequest(BRANCH)) as PullRequest
  return { draft: pull.draft, ready: pull.body.includes('Ready to merge'), body: pull.body }
}

describe('the verdict of an open pull request', () => {
  test('holds while nothing has changed: a run that finds nothing writes nothing', async () => {
    const before = await open()
    expect(before).toMatchObject({ draft: false })
    expect((await run(later())).outcome).toBe('unchanged')
    expect(await open()).toEqual(before)
  })

  test('holds while nothing has changed where rows are held out in files of their own', async () => {
    const ownFile = (): Project => {
      const project = later()
      const configText = project.configText.replace('min-holdout: 30', 'min-holdout: 30, holdout: {files: held/*.csv}')
      return { ...project, configText, config: parseConfig(configText, project.configPath) }
    }
    world.write('held/march.csv', days({ from: 60, to: 70, seed: 7 }))
    world.write('held/april.csv', days({ from: 69, to: 70, seed: 7, labelled: false }))
    world.day = 70
    const files = new Map([['.github/refit.yml', ownFile().configText]])
    const expected = await world.forge.head('main')
    await world.forge.commit({ branch: 'main', expected, message: 'Configure', files })
    expect((await run(ownFile(), true)).outcome).toBe('updated')
    const before = await open()
    expect(before.body).toContain('held-out files: 40 of 440 rows (9.1 %) are left out: label missing')
    expect(before.body).toContain('`held/march.csv` (not tracked)')
    expect((await run(ownFile())).outcome).toBe('unchanged')
    expect(await open()).toEqual(before)
  })

  test('is withdrawn when a later candidate fails its gates, with the reason and the run', async () => {
    world.settings = settings(IMPOSSIBLE)
    const failed = await run(later())
    expect(failed).toMatchObject({ outcome: 'gate-failed', pullRequest: { draft: true } })
    const { draft, ready, body } = await verdict()
    expect({ draft, ready }).toEqual({ draft: true, ready: false })
    expect(body).toContain('Withdrawn: do not merge')
    expect(body).toContain('The candidate of a later run failed its gates')
    expect(body).toContain(RUN)
    await expect(world.forge.merge((await open()).number)).rejects.toThrow(/is a draft/)
  })

  test('is withdrawn once: a person who then marks the pull request ready has decided', async () => {
    world.settings = settings(IMPOSSIBLE)
    await run(later())
    const { head, base, title, body } = await open()
    await world.forge.upsertPullRequest({ head, base, title, body, draft: false, labels: [] })
    world.write('data/march.csv', days({ from: 60, to: 75, seed: 3 }))
    world.day = 75
    expect((await run(later(), true)).outcome).toBe('gate-failed')
    expect(await open()).toMatchObject({ draft: false, body })
  })

  test('that was withdrawn is no rejection when somebody closes the pull request: the next candidate need not wait', async () => {
    world.settings = settings(IMPOSSIBLE)
    await run(later())
    await world.forge.closePullRequest((await open()).number)
    world.settings = settings()
    world.write('data/march.csv', days({ from: 60, to: 63, seed: 3 }))
    world.day = 63
    expect((await world.check()).decision).toMatchObject({ retrain: true, holds: [] })
  })

  test('comes back with the next candidate that passes, as the same pull request', async () => {
    const { number } = await open()
    world.settings = settings(IMPOSSIBLE)
    await run(later())
    world.settings = settings()
    world.write('data/march.csv', days({ from: 60, to: 75, seed: 3 }))
    world.day = 75
    expect(await run(later(), true)).toMatchObject({ outcome: 'updated', pullRequest: { number, draft: false } })
    const { draft, ready, body } = await verdict()
    expect({ draft, ready, withdrawn: body.includes('ithdrawn') }).toEqual({
      draft: false,
      ready: true,
      withdrawn: false,
    })
  })

  test('becomes “not proven yet” when a later candidate is inconclusive', async () => {
    const project = later()
    const configText = project.configText.replace('min-holdout: 30', 'min-holdout: 5000')
    const run1 = await run({ ...project, configText, config: parseConfig(configText, project.configPath) }, true)
    expect(run1.outcome).toBe('draft')
    const { draft, ready, body } = await verdict()
    expect({ draft, ready, withdrawn: body.includes('Withdrawn') }).toEqual({
      draft: true,
      ready: false,
      withdrawn: false,
    })
  })

  test('is withdrawn when the champion is another one than it was compared with, also where nothing fires', async () => {
    const { headOid, body } = await open()
    // A person promotes the proposal past its pull request, which stays open: its champion is history.
    const files = new Map<string, Uint8Array>()
    for (const path of await world.forge.listFiles(headOid, 'models/m'))
      files.set(path, (await world.forge.readFile(headOid, path)) as Uint8Array)
    const expected = await world.forge.head('main')
    await world.forge.commit({ branch: 'main', expected, message: 'Promote by hand', files })
    expect((await open()).body).toBe(body)
    expect((await run(later())).outcome).toBe('quiet')
    const now = await verdict()
    expect({ draft: now.draft, ready: now.ready }).toEqual({ draft: true, ready: false })
    expect(now.body).toContain('When v2 was judged the champion was v1, and now it is v2.')
  })

  test('is withdrawn when the default branch is configured otherwise; an experiment of a checkout says nothing', async () => {
    world.settings = settings('gates: [{metric: auc, min: 0.5}]').replace('rows: 200', 'rows: 20000')
    expect((await run(later())).outcome).toBe('quiet')
    expect((await verdict()).ready).toBe(true)
    const files = new Map([['.github/refit.yml', later().configText]])
    const expected = await world.forge.head('main')
    await world.forge.commit({ branch: 'main', expected, message: 'Configure', files })
    expect((await run(later())).outcome).toBe('quiet')
    const { draft, ready, body } = await verdict()
    expect({ draft, ready }).toEqual({ draft: true, ready: false })
    expect(body).toContain('The configuration of m has changed since v2 was judged.')
  })

  test('is withdrawn when the data that asked for it were taken back', async () => {
    world.write('data/february.csv', days({ from: 30, to: 32, seed: 9 }))
    world.day = 61
    expect((await run(later())).outcome).toBe('quiet')
    const { draft, ready, body } = await verdict()
    expect({ draft, ready }).toEqual({ draft: true, ready: false })
    expect(body).toContain('data/february.csv')
    expect(body).toContain('no trigger fires on the data of today')
  })

  test('rests on held-out files of its own as on the data', async () => {
    world.write('held/march.csv', days({ from: 60, to: 70, seed: 7 }))
    world.write('data/a.csv', 'a\n')
    const digest = (path: string): { bytes: number; sha256: string } => {
      const bytes = readFileSync(join(world.root, path))
      return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
    }
    const file = (path: string) => ({ path, rows: 1, ...digest(path) })
    const record = {
      triggers: [{ trigger: 'volume', status: 'fired' }],
      data: { files: [file('data/a.csv')], heldOut: { files: [file('held/march.csv')] } },
    } as unknown as RunRecord
    const rewritten = (): Promise<string | undefined> =>
      rewrittenFile(later(), later().config.models['m'] as ModelConfig, record)
    expect(await rewritten()).toBeUndefined()
    world.write('held/march.csv', days({ from: 60, to: 71, seed: 7 }))
    expect(await rewritten()).toBeUndefined()
    world.write('held/march.csv', days({ from: 60, to: 70, seed: 8 }))
    expect(await rewritten()).toBe('held/march.csv')
  })

  test('stands where a later run could not look', async () => {
    const before = await open()
    world.write('data/february.csv', 'not,these,columns\n1,2,3\n')
    expect((await run(later())).outcome).toBe('error')
    expect(await open()).toEqual(before)
  })

  test('stands after a dry run', async () => {
    const before = await open()
    world.settings = settings(IMPOSSIBLE)
    const work = { kind: 'refresh', model: 'm', manual: true, reason: 'asked' } as const
    const { models } = await execute(later(), { work: [work], comment: undefined }, { force: true, dryRun: true })
    expect(models[0]).toMatchObject({ outcome: 'dry-run', record: { verdict: { outcome: 'fail' } } })
    expect(await open()).toEqual(before)
  })
})

describe('on GitHub', () => {
  let emulator: Emulator
  const said: string[] = []
  const start = async (options: EmulatorOptions = {}): Promise<void> => {
    emulator = await startEmulator(options)
    said.length = 0
    world.write('data/february.csv', days({ from: 30, to: 31, seed: 2 }))
  }
  afterEach(() => emulator.close())
  const project = (more = ''): Project => {
    world.settings = settings(more)
    const log = { ...silentLog, warn: (text: string) => said.push(text) }
    const { token, url: apiUrl, repository } = emulator
    const forge = createGitHubForge({ token, apiUrl, repository, log, secondMs: 1 })
    return { ...later(), forge, log }
  }
  const checks = () => emulator.state.checks.map(({ conclusion }) => conclusion)

  test('the pull request becomes a draft, and the check run of its commit fails', async () => {
    await start()
    expect((await run(project())).outcome).toBe('proposed')
    expect([emulator.state.pulls[0]?.draft, checks()]).toEqual([false, ['success']])
    expect(await run(project(IMPOSSIBLE))).toMatchObject({ outcome: 'gate-failed', pullRequest: { draft: true } })
    expect(emulator.state.pulls).toMatchObject([{ number: 1, draft: true, state: 'open' }])
    expect(emulator.state.pulls[0]?.body).not.toContain('Ready to merge')
    expect(checks()).toEqual(['failure'])
    expect(emulator.state.checks[0]?.summary).toContain(RUN)
    const writes = () => emulator.writes().filter(({ path }) => !/issues|git/.test(path)).length
    const before = writes()
    await run(project(IMPOSSIBLE))
    expect(writes()).toBe(before)
    expect((await run(project(), true)).outcome).toBe('updated')
    expect(emulator.state.pulls).toMatchObject([{ number: 1, draft: false, state: 'open' }])
    expect(emulator.state.checks.at(-1)?.conclusion).toBe('success')
  })

  test('where a repository has no drafts it is closed, which is nobody’s rejection', async () => {
    await start({ drafts: false })
    await run(project())
    emulator.merge(1)
    world.write('data/february.csv', days({ from: 30, to: 45, seed: 2 }))
    const { pullRequest } = await run(project())
    const number = pullRequest?.number as number
    expect(await run(project(IMPOSSIBLE))).toMatchObject({
      outcome: 'gate-failed',
      pullRequest: { number, state: 'closed' },
    })
    expect(emulator.state.pulls[1]).toMatchObject({ number, state: 'closed', merged: false })
    expect(emulator.state.pulls[1]?.body).toContain('Withdrawn: do not merge')
    world.write('data/march.csv', days({ from: 45, to: 60, seed: 3 }))
    const next = await run(project())
    expect(next.decision).toMatchObject({ retrain: true })
    expect(next.outcome).toBe('proposed')
    expect(emulator.state.pulls).toHaveLength(3)
  })

  test('what could not be turned into a draft is not shown as passed where an inconclusive check would do', async () => {
    await start({ drafts: false })
    const few = (): Project => {
      const one = project()
      const configText = one.configText.replace('min-holdout: 30', 'min-holdout: 5000')
      return { ...one, configText, config: parseConfig(configText, one.configPath) }
    }
    await run(few())
    expect(emulator.state.pulls).toMatchObject([{ draft: false }])
    expect(checks()).toEqual(['failure'])
  })

  test('a run that was stopped after any of its writes is made good by the next one', async () => {
    await start()
    await run(project())
    emulator.fail({ method: 'PATCH', path: /\/pulls\/1$/, status: 422 })
    const stopped = await run(project(IMPOSSIBLE))
    expect(stopped.outcome).toBe('error')
    expect(emulator.state.pulls).toMatchObject([{ draft: true }])
    expect(emulator.state.pulls[0]?.body).toContain('Ready to merge')
    expect((await run(project(IMPOSSIBLE))).outcome).toBe('gate-failed')
    expect(emulator.state.pulls).toMatchObject([{ draft: true }])
    expect(emulator.state.pulls[0]?.body).toContain('Withdrawn')
    expect(checks()).toEqual(['failure'])
  })

  test('without the permission for checks the pull request says it alone, and the log says which one is missing', async () => {
    await start({ permissions: { checks: 'none' } })
    await run(project())
    await run(project(IMPOSSIBLE))
    expect(emulator.state.pulls).toMatchObject([{ draft: true }])
    expect(said.join('\n')).toMatch(/#1 has no check run: .* it lacks checks: write/)
  })
})
