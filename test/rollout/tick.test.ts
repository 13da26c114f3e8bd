import { beforeEach, describe, expect, test } from 'vitest'
import { RefitError } from '../../src/core/error.ts'
import { silentLog } from '../../src/core/log.ts'
import type { Forge } from '../../src/forge/forge.ts'
import { openLocalForge, type LocalForge } from '../../src/forge/local/local-forge.ts'
import { manifestPath, revertBranch, stateBranch } from '../../src/registry/manifest.ts'
import { readRollout } from '../../src/rollout/read.ts'
import { openRevert } from '../../src/rollout/revert.ts'
import { readStored, writeStored } from '../../src/rollout/state-store.ts'
import type { ExternalTarget } from '../../src/rollout/target.ts'
import { tick, type TickOptions, type TickResult } from '../../src/rollout/tick.ts'
import type { EffectiveFile, EvidenceAnswer, EvidenceSource, RolloutState } from '../../src/rollout/types.ts'
import { git, makeRepository } from '../support/git.ts'
import { ARTIFACT, sampleManifest } from '../support/manifest.ts'
import { HOUR, MINUTE, START, Traffic, config, healthy, type Behaviour } from './world.ts'

const MODEL = 'churn'

/** Manifest of a version whose bytes differ from every other version's. */
function manifestOf(n: number): ReturnType<typeof sampleManifest> {
  const files = [...ARTIFACT, { path: 'number.txt', content: Buffer.from(String(n)) }]
  const earlier = [...ARTIFACT, { path: 'number.txt', content: Buffer.from(String(n - 1)) }]
  const previous = n > 1 ? { version: n - 1, digest: sampleManifest({}, earlier).artifact.digest } : null
  return sampleManifest({ version: n, previous }, files)
}

/** A gateway that follows the state branch of a real repository and counts made-up traffic. */
class Gateway implements EvidenceSource {
  now = START
  candidate: Behaviour = healthy
  up = true
  served: EffectiveFile | null = null
  #since = START
  readonly #traffic = new Traffic()
  readonly #forge: Forge

  constructor(forge: Forge) {
    this.#forge = forge
  }

  async pass(minutes: number): Promise<void> {
    const { effective } = await readStored(this.#forge, MODEL)
    if (effective && effective.generation > (this.served?.generation ?? 0)) {
      if (effective.percent !== this.served?.percent || effective.mode !== this.served.mode) {
        this.#since = this.now
        this.#traffic.begin(effective)
      }
      this.served = effective
    }
    this.now = Math.ceil(this.now / MINUTE) * MINUTE
    for (let i = 0; i < minutes; i++) {
      this.#traffic.minute(this.now, 1000, this.served, { stable: healthy, candidate: this.candidate })
      this.now += MINUTE
    }
    this.now += 15_000
  }

  async read(): Promise<EvidenceAnswer> {
    if (!this.up) throw new RefitError('rollout', 'the gateway does not answer')
    const { served } = this
    return {
      now: this.now,
      generation: served?.generation ?? 0,
      rolloutId: served?.rolloutId ?? null,
      since: this.#since,
      serving: served?.stable ?? null,
      loaded: [served?.stable, served?.candidate].filter((ref) => ref != null),
      failed: [],
      windows: this.#traffic.windows,
      objective: 250,
      splits: this.#traffic.splits,
    }
  }
}

let folder: string
let forge: LocalForge
let gateway: Gateway

beforeEach(async () => {
  folder = makeRepository({ 'README.md': 'x\n' })
  forge = await openLocalForge(folder, { clock: () => START })
  gateway = new Gateway(forge)
  return () => forge.close()
})

async function merge(n: number): Promise<void> {
  const head = await forge.head('main')
  const content = `${JSON.stringify(manifestOf(n), null, 2)}\n`
  await forge.commit({
    branch: 'main',
    expected: head,
    message: `v${n}`,
    files: new Map([[manifestPath(MODEL), content]]),
  })
}

const options = (more: Partial<TickOptions> = {}): TickOptions => ({
  forge,
  model: MODEL,
  config,
  evidence: gateway,
  clock: () => gateway.now,
  log: silentLog,
  ...more,
})

/** Hours of traffic and ticks until a phase (and percent) is reached. */
async function until(phase: string, percent?: number, more: Partial<TickOptions> = {}): Promise<TickResult> {
  for (let i = 0; i < 20; i++) {
    await gateway.pass(61)
    const result = await tick(options(more))
    if (result.phase === phase && (percent === undefined || result.percent === percent)) return result
  }
  throw new Error(`never reached ${phase}`)
}

async function promoted(n: number): Promise<void> {
  await merge(n)
  for (let i = 0; i < 20; i++) {
    await gateway.pass(61)
    const { state } = await tick(options())
    if (state.stable?.version === n) return
  }
  throw new Error(`v${n} was never promoted`)
}

describe('a rollout in a real repository', () => {
  test('goes from the merged manifest to promotion; the state branch tells the story', async () => {
    await promoted(1)
    await promoted(2)
    const reading = await readRollout(forge, MODEL, 50)
    expect(reading.state?.rollout?.phase).toBe('promoted')
    expect(reading.effective).toMatchObject({ mode: 'stable', candidate: null, stable: { version: 2 } })
    const story = reading.audit.map((commit) => commit.message.split('\n')[0]).reverse()
    expect(story).toEqual(
      expect.arrayContaining([
        'churn: Start with v1, the first version: staging, the gateway loads and verifies it',
        'churn: Promote v1 to stable as the first version (loaded, digest verified)',
        'churn: v2: staging → shadow (loaded, digest verified)',
      ]),
    )
    expect(
      story.some((line) =>
        /^churn: v2: canary 5 % → canary 50 % \(3,\d\d\d requests in 1h \d+m, no guardrail objects\)$/.test(line ?? ''),
      ),
    ).toBe(true)
    expect(git(folder, ['status', '--porcelain'])).toBe('')
  })

  test('names the commit whose tree has the version', async () => {
    await merge(1)
    const first = await forge.head('main')
    await forge.commit({ branch: 'main', expected: first, message: 'other work', files: new Map([['a.txt', 'a']]) })
    const result = await tick(options())
    expect(result.state.rollout?.to.commit).toBe(first)
  })

  test('what could not be read back is not written', async () => {
    await promoted(1)
    const { head, state, effective } = await readStored(forge, MODEL)
    const broken = { ...(state as RolloutState), generation: -1 }
    await expect(writeStored(forge, head, broken, effective, ['x'])).rejects.toThrow(/generation/)
    expect(await forge.head(stateBranch(MODEL))).toBe(head)
  })

  test('nothing to do writes nothing', async () => {
    await promoted(1)
    const head = await forge.head(stateBranch(MODEL))
    const result = await tick(options())
    expect(result).toMatchObject({ changed: false, phase: 'promoted', sentences: ['v1 is stable and has all traffic'] })
    expect(await forge.head(stateBranch(MODEL))).toBe(head)
  })

  test('a model without a version writes nothing at all', async () => {
    const result = await tick(options())
    expect(result).toMatchObject({ changed: false, phase: 'idle', step: 0, percent: 0, rolloutId: null })
    expect(await forge.head(stateBranch(MODEL))).toBeUndefined()
  })

  test('keeps deployments in step: in progress, success, and the earlier one inactive', async () => {
    const told: string[] = []
    const watched = observed(forge, (method, args) => {
      if (method === 'createDeployment') told.push('create')
      if (method === 'deploymentStatus') told.push(`${String(args[0])} ${(args[1] as { state: string }).state}`)
    })
    await merge(1)
    await gateway.pass(1)
    await tick(options({ forge: watched }))
    await gateway.pass(1)
    await tick(options({ forge: watched }))
    expect(told).toEqual(['create', '1 in_progress', '1 success'])
    await merge(2)
    await until('promoted', 0, { forge: watched })
    expect(told.slice(-2)).toEqual(['2 success', '1 inactive'])
  })
})

describe('a harmful candidate', () => {
  beforeEach(async () => {
    await promoted(1)
    await merge(2)
    await until('canary', 5)
    gateway.candidate = { ...healthy, errors: 0.1 }
  })

  test('is rolled back, with a pull request that restores the manifest byte by byte and says why', async () => {
    const before = await forge.readFile(
      (await forge.history('main', manifestPath(MODEL), 2))[1]?.oid ?? '',
      manifestPath(MODEL),
    )
    await gateway.pass(61)
    const result = await tick(options({ runUrl: 'https://example.com/runs/7' }))
    expect(result).toMatchObject({ phase: 'rolling-back', percent: 0 })
    const pull = result.revertPullRequest
    expect(pull?.title).toBe('Revert churn to v1: v2 was rolled back')
    expect(await forge.readFile(pull?.headOid ?? '', manifestPath(MODEL))).toEqual(before)
    expect(pull?.body).toContain('**churn v2 was rolled back during canary 5 %.** All traffic is on v1 already')
    expect(pull?.body).toMatch(
      /\| error-rate \| 10\.00 %, mean of \d+ callers \| 1\.00 %, mean of \d+ callers \| ❌ fail \|/,
    )
    expect(pull?.body).toMatch(/\| prediction-shift \| rank 0\.500, mean of \d+ callers \| rank 0\.500, mean of/)
    expect(pull?.body).toMatch(/Rollout `[^`]+`, started 2026-06-01T[^ ]+ · \[run\]\(https:\/\/example\.com\/runs\/7\)/)
    expect(pull?.body).toContain(manifestOf(2).artifact.digest)
    await gateway.pass(1)
    expect(await tick(options())).toMatchObject({ phase: 'rolled-back', changed: true })
  })

  test('merging the revert settles everything; nothing is rolled out again', async () => {
    await gateway.pass(61)
    const { revertPullRequest } = await tick(options())
    await forge.merge(revertPullRequest?.number ?? 0)
    await gateway.pass(1)
    await tick(options())
    const result = await tick(options())
    expect(result).toMatchObject({ changed: false, sentences: ['v1 is stable and has all traffic'] })
  })

  test('a revert pull request that a person closed is not opened again', async () => {
    await gateway.pass(61)
    const { revertPullRequest } = await tick(options())
    await forge.closePullRequest(revertPullRequest?.number ?? 0)
    for (let i = 0; i < 3; i++) {
      await gateway.pass(61)
      await tick(options())
    }
    expect(await forge.pullRequests({ state: 'open' })).toEqual([])
  })

  test('a revert pull request that a person works on stays as they left it', async () => {
    await gateway.pass(61)
    const broken = observed(forge, (method) => {
      if (method === 'upsertPullRequest') throw new RefitError('permission', 'not today')
    })
    await tick(options({ forge: broken }))
    const branch = revertBranch(MODEL, 2)
    const before = await forge.head(branch)
    const theirs = await forge.commit({
      branch,
      expected: before,
      message: 'by hand',
      files: new Map([['NOTES.md', 'why']]),
    })
    await tick(options())
    expect(await forge.head(branch)).toBe(theirs.oid)
    expect(await forge.pullRequests({ state: 'open' })).toEqual([])
  })

  test('there is nothing to revert where the default branch no longer asks for it', async () => {
    await merge(3)
    const [from, to] = [1, 2].map((n) => ({
      version: n,
      digest: manifestOf(n).artifact.digest,
      commit: 'a'.repeat(40),
    }))
    const facts = { model: MODEL, reason: 'x', rollout: null, runUrl: undefined } as const
    const revert = (of: typeof to): Promise<unknown> =>
      openRevert(forge, { ...facts, from: from as NonNullable<typeof from>, to: of as NonNullable<typeof to> })
    expect(await revert(to)).toBeUndefined()
    expect(await forge.head(revertBranch(MODEL, 2))).toBeUndefined()
  })

  test('the alert names the model and goes away when a later version is promoted', async () => {
    const issues: string[] = []
    const watched = observed(forge, (method, args) => {
      if (method === 'upsertIssue') issues.push((args[0] as { state: string }).state)
    })
    await gateway.pass(61)
    await tick(options({ forge: watched }))
    expect(issues).toEqual(['open'])
    gateway.candidate = healthy
    await merge(3)
    await until('promoted', 0, { forge: watched })
    expect(issues.at(-1)).toBe('closed')
  })

  test('a forge that cannot open pull requests today still rolls traffic back, and opens it tomorrow', async () => {
    await gateway.pass(61)
    const broken = observed(forge, (method) => {
      if (method === 'upsertPullRequest') throw new RefitError('permission', 'Actions may not create pull requests')
    })
    const result = await tick(options({ forge: broken }))
    expect(result.percent).toBe(0)
    expect(result.warnings.join()).toContain('Actions may not create pull requests')
    const head = await forge.head(stateBranch(MODEL))
    await tick(options({ forge: broken }))
    const story = (await readRollout(forge, MODEL, 5)).audit.map(({ message }) => message.split('\n')[0])
    // What could not be told again is no progress, and nothing is written of it.
    expect(await forge.head(stateBranch(MODEL)), story.join()).toBe(head)
    await tick(options())
    expect(await forge.pullRequests({ state: 'open' })).toHaveLength(1)
  })

  test('whose predecessor is in no history any more loses its callers all the same, and a person is told to revert by hand', async () => {
    const head = await forge.head('main')
    const orphan = git(folder, ['commit-tree', '-m', 'history rewritten', `${head}^{tree}`])
    git(folder, ['update-ref', 'refs/heads/main', orphan])
    const { state, effective, head: stored } = await readStored(forge, MODEL)
    const gone = { version: 1, digest: manifestOf(1).artifact.digest, commit: orphan }
    const changed = { ...(state as RolloutState), stable: gone }
    await writeStored(forge, stored, changed, effective && { ...effective, stable: gone }, ['a test'])
    await gateway.pass(61)
    const result = await tick(options())
    expect(result.percent).toBe(0)
    expect(result.warnings.join()).toContain(`the manifest of churn v1 is not in the history of ${manifestPath(MODEL)}`)
  })
})

describe('runs that are cut off, or meet', () => {
  /** Every call of the forge that a rolling back tick makes, in turn, is the last one before the process dies. */
  test('killed after any call of the forge, the next tick completes what was begun', async () => {
    await promoted(1)
    await merge(2)
    await until('canary', 5)
    gateway.candidate = { ...healthy, errors: 0.1 }
    await gateway.pass(61)
    const start = git(folder, ['rev-parse', stateBranch(MODEL)])
    let calls = 1
    for (let finished = false; !finished; calls++) {
      git(folder, ['update-ref', `refs/heads/${stateBranch(MODEL)}`, start])
      let made = 0
      const mortal = observed(forge, () => {
        if (++made > calls) throw new Error('killed')
      })
      finished = await tick(options({ forge: mortal })).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Error && error.message === 'killed') return false
          throw error
        },
      )
      await tick(options())
      const { state, effective } = await readStored(forge, MODEL)
      expect(effective).toMatchObject({ percent: 0, mode: 'stable', stable: { version: 1 } })
      expect(state).toMatchObject({ todo: [], quarantine: [manifestOf(2).artifact.digest] })
      expect(await forge.pullRequests({ state: 'open' })).toHaveLength(1)
    }
    expect(calls).toBeGreaterThan(10)
  })

  test('a commit that succeeded although the forge answered 500 is not made twice', async () => {
    await merge(1)
    const lying: Forge = new Proxy(forge, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target)
        if (key !== 'commit') return typeof value === 'function' ? value.bind(target) : value
        return async (request: Parameters<Forge['commit']>[0]) => {
          await target.commit(request)
          throw new RefitError('forge', 'GitHub answered 500')
        }
      },
    })
    await expect(tick(options({ forge: lying }))).rejects.toThrow('500')
    await gateway.pass(1)
    const result = await tick(options())
    expect(result.state.rollout?.ticks).toBeLessThanOrEqual(2)
    expect(result.effective?.generation).toBeLessThanOrEqual(2)
    expect(result.state.todo).toEqual([])
  })

  test('of two ticks at once one acts and the other ends quietly', async () => {
    await merge(1)
    let other: TickResult | undefined
    const slow = observed(forge, async (method) => {
      if (method === 'commit' && !other) other = await tick(options())
    })
    const result = await tick(options({ forge: slow }))
    expect(other?.changed).toBe(true)
    expect(result).toMatchObject({ raced: true, changed: false, phase: 'staging' })
  })

  test('a person’s command that meets a tick is decided again, not lost', async () => {
    await promoted(1)
    await merge(2)
    await until('canary', 5)
    await gateway.pass(10)
    let raced = false
    const slow = observed(forge, async (method) => {
      if (method === 'commit' && !raced) {
        raced = true
        await tick(options())
      }
    })
    const result = await tick(options({ forge: slow, command: { kind: 'rollback', reason: 'now', by: 'ana' } }))
    expect(result).toMatchObject({ raced: false, percent: 0, phase: 'rolling-back' })
  })

  test('a person’s command that is run again says what it did, and does it once', async () => {
    await promoted(1)
    await merge(2)
    await until('canary', 5)
    await gateway.pass(10)
    const ask = { command: { kind: 'hold', reason: 'wait', by: 'ana' }, operation: 'comment/1/0/hold' } as const
    const sentence = 'Hold v2 at canary 5 %: wait (by ana)'
    expect(await tick(options(ask))).toMatchObject({ changed: true, sentences: [sentence] })
    const head = await forge.head(stateBranch(MODEL))
    const again = await tick(options(ask))
    expect(again).toMatchObject({ changed: false, raced: false, sentences: [sentence], warnings: [] })
    expect(await forge.head(stateBranch(MODEL))).toBe(head)
  })

  test('a target of its own is told what is pending, and a crash in between is made good', async () => {
    let told: EffectiveFile | null = null
    let dead = true
    const target: ExternalTarget = {
      kind: 'external',
      async apply(effective) {
        if (dead) throw new RefitError('rollout', 'the target answered 503')
        told = effective
      },
      async observe() {
        return told
      },
    }
    await merge(1)
    await expect(tick(options({ target }))).rejects.toThrow('503')
    const stored = await readStored(forge, MODEL)
    expect(stored.state?.rollout?.pending).toMatchObject({
      kind: 'apply',
      opId: `${stored.state?.rollout?.id}/1/0/apply`,
    })
    dead = false
    const result = await tick(options({ target }))
    expect(result.state.rollout?.pending).toBeNull()
    expect(told).toEqual(result.effective)
  })
})

test('a target that shows something else than was written is an error, and nothing is called applied', async () => {
  const shown = async (change: Partial<EffectiveFile> | null): Promise<unknown> => {
    let told: EffectiveFile | null = null
    const target: ExternalTarget = {
      kind: 'external',
      async apply(effective) {
        told = effective
      },
      async observe() {
        return told && change && { ...told, ...change }
      },
    }
    const failed = await tick(options({ target })).then(
      () => undefined,
      (error: unknown) => (error as RefitError).message,
    )
    const { state } = await readStored(forge, MODEL)
    return [failed, state?.rollout?.pending?.kind]
  }
  await merge(1)
  const wrong = ['the target of churn does not show what was written to it', 'apply']
  expect(await shown({ percent: 1 })).toEqual(wrong)
  expect(await shown({ generation: 99 })).toEqual(wrong)
  expect(await shown({ candidate: null })).toEqual(wrong)
  expect(await shown(null)).toEqual(wrong)
  expect(await shown({})).toEqual([undefined, undefined])
})

test('a command that meets other runs again and again is refused at last, as a race', async () => {
  await promoted(1)
  await merge(2)
  await until('canary', 5)
  let commits = 0
  const racing = observed(forge, (method) => {
    if (method !== 'commit') return
    commits++
    throw new RefitError('stale', 'the branch has moved')
  })
  const command = { kind: 'hold', reason: 'x', by: 'ana' } as const
  await expect(tick(options({ forge: racing, command }))).rejects.toMatchObject({ code: 'stale' })
  expect(commits).toBe(4)
})

describe('a state branch that is lost or broken', () => {
  test('deleted in a canary: stable is what the gateway serves, and the candidate starts again from staging', async () => {
    await promoted(1)
    await merge(2)
    await until('canary', 50)
    const generation = gateway.served?.generation ?? 0
    git(folder, ['branch', '-D', stateBranch(MODEL)])
    const result = await tick(options())
    expect(result).toMatchObject({ phase: 'staging', percent: 0 })
    expect(result.effective).toMatchObject({ stable: { version: 1 }, candidate: { version: 2 } })
    expect(result.effective?.generation).toBeGreaterThan(generation)
  })

  test('deleted, and the gateway knows nothing either: stable is the predecessor that the manifest names', async () => {
    await promoted(1)
    await merge(2)
    git(folder, ['branch', '-D', stateBranch(MODEL)])
    gateway.served = null
    const result = await tick(options())
    expect(result.effective).toMatchObject({ stable: { version: 1 }, candidate: { version: 2 }, percent: 0 })
  })

  test('deleted, and nobody to ask: nothing is done, and the error says what helps', async () => {
    await promoted(1)
    await merge(2)
    git(folder, ['branch', '-D', stateBranch(MODEL)])
    gateway.up = false
    await expect(tick(options())).rejects.toMatchObject({
      code: 'rollout',
      hint: expect.stringContaining('refit serve') as string,
    })
    expect(await forge.head(stateBranch(MODEL))).toBeUndefined()
  })

  test.each([
    ['no JSON', '{"schemaVersion": 1,', 'is not JSON'],
    ['a wrong field', JSON.stringify({ schemaVersion: 1, model: 'churn', generation: -4 }), 'is not valid'],
  ])('corrupt (%s): one sentence with the place and the way out, nothing written', async (_name, content, words) => {
    await promoted(1)
    const branch = stateBranch(MODEL)
    const bad = await forge.commit({
      branch,
      expected: await forge.head(branch),
      message: 'oops',
      files: new Map([['state.json', content]]),
    })
    await expect(tick(options())).rejects.toMatchObject({
      code: 'rollout',
      message: expect.stringContaining(words) as string,
      place: { file: `${branch}:state.json` },
      hint: expect.stringContaining('last good commit') as string,
    })
    expect(await forge.head(branch)).toBe(bad.oid)
  })

  test('a manifest broken by hand in a canary takes the candidate out', async () => {
    await promoted(1)
    await merge(2)
    await until('canary', 5)
    const head = await forge.head('main')
    await forge.commit({
      branch: 'main',
      expected: head,
      message: 'oops',
      files: new Map([[manifestPath(MODEL), '{"model": 1}']]),
    })
    const result = await tick(options())
    expect(result.percent).toBe(0)
    expect(result.sentences[0]).toContain('models/churn/manifest.json')
  })
})

test('a command that cannot be followed is a usage error and writes nothing', async () => {
  await promoted(1)
  const head = await forge.head(stateBranch(MODEL))
  const command = { kind: 'hold', reason: 'x', by: 'ana' } as const
  await expect(tick(options({ command }))).rejects.toMatchObject({ code: 'usage' })
  expect(await forge.head(stateBranch(MODEL))).toBe(head)
})

test('a three hour gap ends the exposure by its lease; the tick after it begins it again and takes no step', async () => {
  await promoted(1)
  await merge(2)
  const exposed = await until('canary', 5)
  const lease = Date.parse(exposed.effective?.expiresAt ?? '')
  await gateway.pass(181)
  expect(lease - gateway.now).toBeLessThan(0)
  expect(lease).toBeLessThanOrEqual(START + 24 * HOUR)
  const again = await tick(options())
  expect(again.percent).toBe(5)
  expect(Date.parse(again.effective?.expiresAt ?? '')).toBe(gateway.now + 2 * HOUR)
  await gateway.pass(30)
  expect((await tick(options())).percent).toBe(50)
})

describe('a gateway whose clock is wrong', () => {
  const ahead = (ms: number): EvidenceSource => ({
    read: async () => {
      const answer = await gateway.read()
      return { ...answer, now: answer.now + ms }
    },
  })

  test.each([
    ['two hours ahead', 2 * HOUR, /clock is 2h ahead of this run’s/],
    ['a year ahead', 365 * 24 * HOUR, /clock is 365d ahead/],
    ['two hours behind', -2 * HOUR, /clock is 2h behind/],
    ['just too far ahead', 10 * MINUTE + 1, /ahead/],
  ])('%s is not believed: no step, no time, no lease from it, and it is said', async (_name, ms, words) => {
    await promoted(1)
    await merge(2)
    const before = await until('canary', 5)
    await gateway.pass(61)
    const result = await tick(options({ evidence: ahead(ms) }))
    expect(result.percent).toBe(5)
    expect(result.sentences[0]).toMatch(words)
    expect(result.state.rollout).toMatchObject({ stepRequests: before.state.rollout?.stepRequests, looks: 0 })
    expect(result.effective?.expiresAt).toBe(before.effective?.expiresAt)
    expect(Date.parse(result.state.rollout?.updatedAt ?? '')).toBeLessThanOrEqual(gateway.now)
    // Once it is right again, the rollout goes on.
    expect((await tick(options())).percent).toBe(50)
  })

  test('for as long as the blind timeout, the candidate is taken back, and not blamed', async () => {
    await promoted(1)
    await merge(2)
    await until('canary', 5)
    await tick(options({ evidence: ahead(2 * HOUR) }))
    await gateway.pass(31)
    const result = await tick(options({ evidence: ahead(2 * HOUR) }))
    expect(result).toMatchObject({ phase: 'rolling-back', percent: 0 })
    expect(result.sentences[0]).toContain('clock is 2h ahead')
    expect(result.state.quarantine).toEqual([])
  })

  test('within ten minutes it is believed', async () => {
    await promoted(1)
    await merge(2)
    await until('canary', 5)
    await gateway.pass(61)
    expect((await tick(options({ evidence: ahead(10 * MINUTE) }))).percent).toBe(50)
  })
})

/** The same forge, with something happening before every call. */
function observed(target: Forge, before: (method: string, args: readonly unknown[]) => void | Promise<void>): Forge {
  return new Proxy(target, {
    get(object, key) {
      const value: unknown = Reflect.get(object, key, object)
      if (typeof value !== 'function') return value
      return async (...args: unknown[]): Promise<unknown> => {
        await before(String(key), args)
        return (value as (...inner: unknown[]) => unknown).apply(object, args)
      }
    },
  })
}
