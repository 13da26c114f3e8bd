import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { execute } from '../../src/commands/execute.ts'
import type { ModelRun } from '../../src/commands/run.ts'
import type { Forge, PullRequest } from '../../src/forge/forge.ts'
import { openRevert } from '../../src/rollout/revert.ts'
import { git } from '../support/git.ts'
import { days, TriggerProject } from '../support/trigger-project.ts'

const BRANCH = 'refit/retrain/m'
const SETTINGS = 'train: {model: linear, epochs: 10}\ntriggers: {performance: false, drift: false, volume: {rows: 200}}'

let world: TriggerProject
let proposed: TriggerProject
beforeAll(async () => {
  proposed = await TriggerProject.create(SETTINGS, 30)
  proposed.write('data/january.csv', days({ from: 0, to: 30, seed: 1 }))
  await proposed.promote()
  proposed.write('data/february.csv', days({ from: 30, to: 45, seed: 2 }))
  proposed.day = 45
  await proposed.refresh()
})
beforeEach(async () => {
  world = await proposed.copy(60)
  world.write('data/march.csv', days({ from: 45, to: 60, seed: 3 }))
})
afterEach(() => world.remove())
afterAll(() => proposed.remove())

const open = async (): Promise<PullRequest> => (await world.forge.openPullRequest(BRANCH)) as PullRequest
const change = async (changes: Partial<PullRequest>): Promise<void> => {
  const { head, base, title, body, draft } = { ...(await open()), ...changes }
  await world.forge.upsertPullRequest({ head, base, title, body, draft, labels: [] })
}
/** A run in which something happens right before the forge is asked for one thing. */
const runWhile = async (method: keyof Forge, when: (args: unknown[]) => boolean, happens: () => Promise<void>) => {
  let waiting = true
  const forge = new Proxy(world.forge, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown
      if (typeof value !== 'function') return value
      return async (...args: unknown[]) => {
        if (name === method && waiting && when(args)) {
          waiting = false
          await happens()
        }
        return (value as (...all: unknown[]) => unknown).apply(target, args)
      }
    },
  })
  const work = { kind: 'refresh', model: 'm', manual: true, reason: 'asked' } as const
  const { models } = await execute({ ...world.project(), forge }, { work: [work], comment: undefined })
  expect(waiting).toBe(false)
  return models[0] as ModelRun
}

describe('a person’s hand on the retrain pull request', () => {
  test('their commit stays, whatever file it touches, and nothing is trained for nothing', async () => {
    const before = await open()
    const files = new Map([['notes.md', 'Mine\n']])
    await world.forge.commit({ branch: BRANCH, expected: before.headOid, message: 'Notes', files })
    const head = await world.forge.head(BRANCH)
    const state = await world.forge.head('refit/state/m')
    const run = await world.refresh()
    expect(run).toMatchObject({ outcome: 'unchanged', record: undefined, error: undefined })
    expect(run.note).toMatch(
      new RegExp(`^pull request #${before.number} holds work of a person on notes.md \\(up to \\w{7} “Notes”\\)`),
    )
    expect(await world.forge.head(BRANCH)).toBe(head)
    expect(await world.forge.head('refit/state/m')).toBe(state)
  })

  test('their commit stays where they had closed the pull request, too', async () => {
    const { number, headOid } = await open()
    const files = new Map([['notes.md', 'Mine\n']])
    await world.forge.commit({ branch: BRANCH, expected: headOid, message: 'Notes', files })
    await world.forge.closePullRequest(number)
    const head = await world.forge.head(BRANCH)
    const run = await world.refresh(true, 'asked')
    expect(run.note).toMatch(/^the branch refit\/retrain\/m holds work of a person on notes\.md/)
    expect(await world.forge.head(BRANCH)).toBe(head)
  })

  test('a commit that arrives while the candidate is trained stays as well', async () => {
    const { headOid } = await open()
    const files = new Map([['notes.md', 'Mine\n']])
    let training = 0
    const isLedger = ([, path]: unknown[]): boolean => path === 'holdout-ledger.json' && training++ === 0
    const run = await runWhile('readFile', isLedger, async () => {
      await world.forge.commit({ branch: BRANCH, expected: headOid, message: 'Notes', files })
    })
    expect(run.note).toMatch(/holds work of a person on notes\.md/)
    expect(await world.forge.readFile(BRANCH, 'notes.md')).toBeDefined()
  })

  test('“Update branch” is no such hand: the next candidate goes on from there', async () => {
    const expected = await world.forge.head('main')
    await world.forge.commit({ branch: 'main', expected, message: 'Docs', files: new Map([['docs.md', 'x\n']]) })
    const tree = git(world.root, ['merge-tree', '--write-tree', BRANCH, 'main'])
    const oid = git(world.root, ['commit-tree', tree, '-p', BRANCH, '-p', 'main', '-m', 'Merge branch main'])
    git(world.root, ['update-ref', `refs/heads/${BRANCH}`, oid])
    expect((await world.refresh()).outcome).toBe('updated')
    expect(await world.forge.head(BRANCH)).not.toBe(oid)
  })

  test('a title of theirs stays, and so does what they wrote above and below the evidence', async () => {
    const { body } = await open()
    await change({ title: 'The new tariff', body: `Ana: look at usage first.\r\n\r\n${body}\r\nBo: agreed.\r\n` })
    expect((await world.refresh()).outcome).toBe('updated')
    const now = await open()
    expect(now.title).toBe('The new tariff')
    expect(now.body).toMatch(/^Ana: look at usage first\.\n\n<!-- refit:model=/)
    expect(now.body).toMatch(/<!-- refit:end -->\n\nBo: agreed\.$/)
    expect(now.body.match(/<!-- refit:model=/g)).toHaveLength(1)
    expect(now.body).not.toContain(/candidate=(\w+)/.exec(body)?.[1])
  })

  test('a draft that they made of it stays a draft; the bot’s own title moves on', async () => {
    const { title } = await open()
    await change({ draft: true })
    expect(await world.refresh()).toMatchObject({ outcome: 'updated', pullRequest: { draft: true } })
    expect((await open()).title).not.toBe(title)
  })

  /** Main asks for v2, which was rolled back to v1. */
  const revertFacts = async () => {
    const read = async (ref: string) =>
      JSON.parse(
        new TextDecoder().decode((await world.forge.readFile(ref, 'models/m/manifest.json')) as Uint8Array),
      ) as {
        version: number
        artifact: { digest: string }
      }
    const main = (await world.forge.head('main')) as string
    const first = git(world.root, ['log', '--format=%H', 'main', '--', 'models/m/manifest.json'])
      .split('\n')
      .at(-1) as string
    const [to, from] = [await read(main), await read(first)]
    return {
      model: 'm',
      from: { version: from.version, digest: from.artifact.digest, commit: first },
      to: { version: to.version, digest: to.artifact.digest, commit: main },
      reason: 'latency',
      rollout: null,
      runUrl: undefined,
    }
  }
  test('their commit on the revert branch stays', async () => {
    await world.forge.merge((await open()).number)
    const facts = await revertFacts()
    const opened = await openRevert(world.forge, facts)
    expect(opened).toMatchObject({ head: 'refit/revert/m-v2' })
    const expected = opened?.headOid as string
    const files = new Map([['notes.md', 'Mine\n']])
    const { oid } = await world.forge.commit({ branch: 'refit/revert/m-v2', expected, message: 'Notes', files })
    expect((await openRevert(world.forge, { ...facts, reason: 'errors' }))?.number).toBe(opened?.number)
    expect(await world.forge.head('refit/revert/m-v2')).toBe(oid)
  })

  test('a version that they took back themselves is not reverted once more', async () => {
    await world.forge.merge((await open()).number)
    const facts = await revertFacts()
    const manifest = await world.forge.readFile(facts.from.commit, 'models/m/manifest.json')
    const files = new Map([['models/m/manifest.json', manifest as Uint8Array]])
    await world.forge.commit({ branch: 'main', expected: facts.to.commit, message: 'Back', files })
    expect(await openRevert(world.forge, facts)).toBeUndefined()
    expect(await world.forge.pullRequests({ state: 'open', headPrefix: 'refit/revert/' })).toEqual([])
  })
})

describe('a pull request that is merged while a run trains', () => {
  test('is noticed: no second candidate of the same number is proposed', async () => {
    const { number } = await open()
    let asked = 0
    const isLedger = ([, path]: unknown[]): boolean => path === 'holdout-ledger.json' && asked++ === 0
    const run = await runWhile('readFile', isLedger, async () => void (await world.forge.merge(number)))
    expect(run).toMatchObject({ outcome: 'unchanged', pullRequest: undefined })
    expect(run.note).toMatch(/^v2 became the champion while this run trained, so that nothing was proposed/)
    expect(await world.forge.pullRequests({ state: 'open' })).toEqual([])
    // The next run compares with it.
    expect(await world.refresh(true, 'again')).toMatchObject({
      record: { candidateVersion: 3, champion: { version: 2 } },
    })
  })

  test('is noticed in the last moment, too: what was just opened is withdrawn', async () => {
    const { headOid } = await open()
    const promote = async (): Promise<void> => {
      const files = new Map<string, Uint8Array>()
      for (const path of await world.forge.listFiles(headOid, 'models/m'))
        files.set(path, (await world.forge.readFile(headOid, path)) as Uint8Array)
      const expected = await world.forge.head('main')
      await world.forge.commit({ branch: 'main', expected, message: 'Promote by hand', files })
    }
    const run = await runWhile('upsertPullRequest', () => true, promote)
    expect(run).toMatchObject({ outcome: 'unchanged', pullRequest: { draft: true } })
    expect((await open()).body).toContain('Withdrawn: do not merge')
  })
})
