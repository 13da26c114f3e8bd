import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isLoopback } from '../../src/core/address.ts'
import { silentLog } from '../../src/core/log.ts'
import { openLocalForge, type LocalForge } from '../../src/forge/local/local-forge.ts'
import { stateBranch } from '../../src/registry/manifest.ts'
import { EFFECTIVE_PATH } from '../../src/rollout/state-store.ts'
import type { CallerSums, EffectiveFile, EvidenceAnswer, VersionRef } from '../../src/rollout/types.ts'
import { createEvidenceClient } from '../../src/serving/evidence-client.ts'
import { startGateway, type Gateway, type GatewayOptions } from '../../src/serving/gateway.ts'
import { git, makeBareRepository, makeRepository, temporaryFolder } from '../support/git.ts'
import { customers, inferBody, mergeVersion, tableOf, trainVersion, type Version, versionOf } from './versions.ts'

const START = Date.UTC(2026, 5, 1)
const people = customers(300, 99)

let first: Version
let second: Version
/** Needs a column that nobody sends. */
let demanding: Version
let forge: LocalForge
let folder: string
let now: number
let gateway: Gateway | undefined
const refs = new Map<number, VersionRef>()

beforeAll(async () => {
  first = await trainVersion(1)
  second = await trainVersion(2, { previous: first, seed: 5 })
  const table = tableOf(customers(1200, 3))
  const codes = Int32Array.from({ length: table.rows }, (_, row) => row % 2)
  const region = { kind: 'category', name: 'region', codes, dictionary: ['north', 'south'] } as const
  const columns = ['usage', 'plan', 'region']
  demanding = await versionOf(3, { ...table, columns: [...table.columns, region] }, { columns, previous: second })
})

beforeEach(async () => {
  now = START
  folder = makeRepository({ 'README.md': 'x\n' })
  forge = await openLocalForge(folder, { clock: () => now })
  for (const version of [first, second]) refs.set(version.manifest.version, await merged(version))
})

afterEach(async () => {
  await gateway?.close()
  gateway = undefined
  forge.close()
})

async function merged(version: Version, damage?: (files: Map<string, Uint8Array>) => void): Promise<VersionRef> {
  const commit = await mergeVersion(forge, version, damage)
  return { version: version.manifest.version, digest: version.manifest.artifact.digest, commit }
}

let generation = 0

/** What a tick would write. */
async function command(changes: Partial<EffectiveFile>, on: LocalForge = forge): Promise<EffectiveFile> {
  const branch = stateBranch('churn')
  const expected = await on.head(branch)
  const effective: EffectiveFile = {
    schemaVersion: 1,
    model: 'churn',
    environment: 'production',
    generation: ++generation,
    stable: refs.get(1) ?? null,
    candidate: null,
    rolloutId: null,
    mode: 'stable',
    percent: 0,
    expiresAt: null,
    ...changes,
  }
  await on.commit({
    branch,
    expected,
    ...(expected === undefined ? { base: null } : {}),
    message: 'tick',
    files: new Map([[EFFECTIVE_PATH, JSON.stringify(effective)]]),
  })
  await gateway?.sync()
  return effective
}

const canary = (percent: number): Partial<EffectiveFile> => ({
  candidate: refs.get(2) ?? null,
  rolloutId: 'r1',
  mode: 'canary',
  percent,
  expiresAt: new Date(now + 3_600_000).toISOString(),
})

async function start(more: Partial<GatewayOptions> = {}): Promise<Gateway> {
  gateway = await startGateway({
    repository: folder,
    host: '127.0.0.1',
    port: 0,
    pollMs: 0,
    clock: () => now,
    log: silentLog,
    workspace: '.',
    engine: 'wasm',
    ...more,
  })
  return gateway
}

interface Answer {
  readonly status: number
  readonly body: {
    readonly error?: string
    readonly id?: string
    readonly model_version?: string
    readonly parameters?: { readonly arm: string }
    readonly outputs?: readonly {
      readonly name: string
      readonly shape: readonly number[]
      readonly data: readonly (number | string)[]
    }[]
    readonly [key: string]: unknown
  }
}

async function call(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${gateway?.url}${path}`, init)
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

const post = (path: string, body: string, headers: Record<string, string> = {}): Promise<Answer> =>
  call(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

const infer = (rows: Parameters<typeof inferBody>[0], more: Record<string, unknown> = {}): Promise<Answer> =>
  post('/v2/models/churn/infer', inferBody(rows, more))

function evidence(rollout = 'r1', step = 1000): Promise<EvidenceAnswer> {
  const client = createEvidenceClient({ url: gateway?.url ?? '' })
  return client.read({ model: 'churn', rolloutId: rollout, from: START, to: START + 86_400_000, step, objective: 250 })
}

/** The callers of the only group of the present split. */
async function callers(): Promise<readonly CallerSums[]> {
  gateway?.drain()
  const { splits } = await evidence()
  return splits[0]?.groups[0]?.callers ?? []
}

describe('serving', () => {
  test('answers with what the model itself says about the same rows, missing values included', async () => {
    await command({})
    await start()
    const answer = await infer(people, { id: 'q1' })
    expect(answer).toMatchObject({
      status: 200,
      body: { id: 'q1', model_name: 'churn', model_version: '1', parameters: { arm: 'stable' } },
    })
    const [probability, label] = answer.body.outputs ?? []
    const expected = Array.from(first.model.predict(tableOf(people)).scores)
    expect(probability).toMatchObject({ name: 'probability', datatype: 'FP64', shape: [300], data: expected })
    expect(label).toMatchObject({
      name: 'label',
      datatype: 'BYTES',
      data: expected.map((score) => String(score >= 0.5)),
    })
    expect(people.some((person) => person.usage === null)).toBe(true)
  })

  test('speaks the Open Inference Protocol about itself', async () => {
    await command({})
    await start({ version: '1.2.3' })
    expect(await call('/v2')).toEqual({
      status: 200,
      body: { name: 'refit', version: '1.2.3', extensions: ['binary_tensor_data'] },
    })
    expect(await call('/v2/health/live')).toEqual({ status: 200, body: { live: true } })
    expect(await call('/v2/health/ready')).toEqual({ status: 200, body: { ready: true } })
    expect(await call('/v2/models/churn/ready')).toEqual({ status: 200, body: { name: 'churn', ready: true } })
    expect(await call('/v2/models/churn')).toEqual({
      status: 200,
      body: {
        name: 'churn',
        versions: ['1'],
        platform: 'refit_tfjs-layers',
        inputs: [
          { name: 'usage', datatype: 'FP64', shape: [-1] },
          { name: 'plan', datatype: 'BYTES', shape: [-1] },
        ],
        outputs: first.manifest.signature.outputs,
      },
    })
  })

  test('gives the outputs that are asked for, and a loaded version by its number', async () => {
    await command(canary(0))
    await start()
    const answer = await infer(people.slice(0, 2), { outputs: [{ name: 'label' }] })
    expect(answer.body.outputs?.map(({ name }) => name)).toEqual(['label'])
    const fixed = await post('/v2/models/churn/versions/2/infer', inferBody(people.slice(0, 2)))
    expect(fixed.body).toMatchObject({ model_version: '2', parameters: { arm: 'fixed' } })
    expect((await post('/v2/models/churn/versions/7/infer', inferBody(people.slice(0, 1)))).body.error).toContain(
      'not loaded (loaded: 1, 2)',
    )
  })

  test('starts before the first rollout, is not ready, and serves once a tick says so', async () => {
    await start({ models: ['churn'] })
    expect((await call('/v2/health/ready')).status).toBe(503)
    expect(await infer(people.slice(0, 1))).toMatchObject({ status: 503 })
    await command({ stable: null, candidate: refs.get(1) ?? null, mode: 'staging', rolloutId: 'r0' })
    expect((await call('/v2/health/ready')).status).toBe(503)
    expect((await evidence('r0')).loaded).toEqual([{ version: 1, digest: refs.get(1)?.digest }])
    await command({})
    expect((await infer(people.slice(0, 1))).status).toBe(200)
  })
})

describe('following git', () => {
  test('loads the version that is promoted and lets the old one go', async () => {
    await command({})
    await start()
    await command({ stable: refs.get(2) ?? null })
    expect((await infer(people.slice(0, 1))).body.model_version).toBe('2')
    expect((await evidence()).loaded).toEqual([{ version: 2, digest: refs.get(2)?.digest }])
  })

  test('a flipped byte is never loaded: it says which file, and goes on serving what it has', async () => {
    await command({})
    await start()
    const damaged = {
      ...second,
      manifest: {
        ...second.manifest,
        version: 3,
        artifact: { ...second.manifest.artifact, uri: 'git:models/churn/versions/3' },
      },
    }
    const ref = await merged(damaged, (files) => {
      const path = 'models/churn/versions/3/weights.bin'
      const bytes = Uint8Array.from(files.get(path) ?? [])
      bytes[3] = (bytes[3] ?? 0) ^ 1
      files.set(path, bytes)
    })
    await command({ stable: ref })
    const { failed, loaded } = await evidence()
    expect(failed).toEqual([
      {
        version: 3,
        digest: ref.digest,
        reason: expect.stringContaining('weights.bin of churn v3 was changed') as string,
      },
    ])
    expect(loaded).toEqual([{ version: 1, digest: refs.get(1)?.digest }])
    expect((await infer(people.slice(0, 1))).body.model_version).toBe('1')
  })

  test('a missing artifact and a version that is not what the file says are told apart from it', async () => {
    await command({})
    await start()
    const other = refs.get(2) as VersionRef
    await command({ candidate: { ...other, digest: `sha256:${'0'.repeat(64)}` }, mode: 'staging', rolloutId: 'r1' })
    expect((await evidence()).failed[0]?.reason).toContain('cannot be read')
  })

  test('a commit that a force-push took away is found again on the default branch, by its digest', async () => {
    await command({ stable: { ...(refs.get(2) as VersionRef), commit: 'f'.repeat(40) } })
    await start()
    expect((await infer(people.slice(0, 1))).body.model_version).toBe('2')
  })

  /** A third version that only another clone has. */
  async function elsewhere(): Promise<{ readonly ref: VersionRef; readonly clone: string }> {
    const clone = temporaryFolder('refit-clone')
    git(clone, ['clone', '-q', folder, '.'])
    const there = await openLocalForge(clone, { clock: () => now })
    const { artifact } = second.manifest
    const third = {
      ...second,
      manifest: { ...second.manifest, version: 3, artifact: { ...artifact, uri: 'git:models/churn/versions/3' } },
    }
    const commit = await mergeVersion(there, third)
    there.close()
    return { ref: { version: 3, digest: artifact.digest, commit }, clone }
  }
  const stagingOf = (ref: VersionRef): Partial<EffectiveFile> => ({ candidate: ref, mode: 'staging', rolloutId: 'r3' })

  test('a commit that is not here yet is waited for and blamed on nobody; stable serves meanwhile', async () => {
    const { ref, clone } = await elsewhere()
    const { generation: wanted } = await command(stagingOf(ref))
    await start()
    const before = await evidence('r3')
    expect(before).toMatchObject({ failed: [], loaded: [{ version: 1 }] })
    expect(before.waiting).toEqual([
      {
        version: 3,
        digest: ref.digest,
        reason: `the commit ${ref.commit.slice(0, 12)} of v3 of churn is not here yet`,
      },
    ])
    expect(before.generation).toBeLessThan(wanted)
    expect((await infer(people.slice(0, 1))).body.model_version).toBe('1')
    git(folder, ['fetch', '-q', clone, 'main:refs/heads/incoming'])
    now += 90_000
    await gateway?.sync()
    const after = await evidence('r3')
    expect(after).toMatchObject({ failed: [], waiting: [], generation: wanted, since: now })
    expect(after.loaded.map(({ version }) => version)).toEqual([1, 3])
  })

  test('in a shallow clone the reason says how to cure it', async () => {
    const early = refs.get(1) as VersionRef
    await forge.commit({
      branch: 'main',
      expected: await forge.head('main'),
      message: 'other work',
      files: new Map([['models/churn/manifest.json', '{}']]),
    })
    await command({ stable: early })
    const shallow = temporaryFolder('refit-shallow')
    git(shallow, ['clone', '-q', '--bare', '--depth', '1', '--no-single-branch', `file://${folder}`, '.'])
    await start({ repository: shallow })
    const { failed, waiting } = await evidence()
    expect(failed).toEqual([])
    expect(waiting?.[0]?.reason).toContain('run `git fetch --unshallow` in it')
  })

  test('a commit that is here without the version is the version’s fault', async () => {
    const readme = git(folder, ['rev-list', '--max-parents=0', 'main']).trim()
    await command(stagingOf({ version: 3, digest: `sha256:${'3'.repeat(64)}`, commit: readme }))
    await start()
    expect(await evidence('r3')).toMatchObject({ waiting: [], failed: [{ version: 3 }] })
  })

  test('the generation never goes back', async () => {
    const later = await command({ stable: refs.get(2) ?? null })
    await start()
    await command({ generation: later.generation - 1, stable: refs.get(1) ?? null })
    expect((await infer(people.slice(0, 1))).body.model_version).toBe('2')
    expect((await evidence()).generation).toBe(later.generation)
  })

  test('an effective file that is nonsense, or a state branch that is gone, changes nothing', async () => {
    await command({})
    await start()
    const branch = stateBranch('churn')
    await forge.commit({
      branch,
      expected: await forge.head(branch),
      message: 'oops',
      files: new Map([[EFFECTIVE_PATH, '{"percent": "all"}']]),
    })
    await gateway?.sync()
    expect((await infer(people.slice(0, 1))).status).toBe(200)
    git(folder, ['branch', '-D', branch])
    await gateway?.sync()
    expect((await infer(people.slice(0, 1))).status).toBe(200)
  })

  test('follows a repository by URL, and through its trouble', async () => {
    const bare = makeBareRepository()
    const remote = await openLocalForge(bare, { clock: () => now })
    const commit = await mergeVersion(remote, first)
    refs.set(1, { version: 1, digest: first.manifest.artifact.digest, commit })
    await command({}, remote)
    await start({ repository: `file://${bare}` })
    expect((await infer(people.slice(0, 1))).body.model_version).toBe('1')
    const commit2 = await mergeVersion(remote, second)
    await command({ stable: { version: 2, digest: second.manifest.artifact.digest, commit: commit2 } }, remote)
    expect((await infer(people.slice(0, 1))).body.model_version).toBe('2')
    remote.close()
    git(bare, ['update-ref', '-d', 'HEAD'])
    await gateway?.sync()
    expect((await infer(people.slice(0, 1))).body.model_version).toBe('2')
  })
})

describe('the split', () => {
  const answers = async (): Promise<readonly string[]> =>
    Promise.all(
      Array.from(
        { length: 200 },
        async (_, i) =>
          (await infer([people[i] as (typeof people)[0]], { parameters: { key: `c${i}` } })).body.parameters?.arm ?? '',
      ),
    )

  test('is about the percentage, sticky by key, and grows without moving anyone back', async () => {
    await command(canary(25))
    await start()
    const at25 = await answers()
    const share = at25.filter((arm) => arm === 'candidate').length / 200
    expect(share).toBeGreaterThan(0.15)
    expect(share).toBeLessThan(0.35)
    expect(await answers()).toEqual(at25)
    await command(canary(60))
    const at60 = await answers()
    expect(at25.every((arm, i) => arm === 'stable' || at60[i] === 'candidate')).toBe(true)
    await command({ ...canary(25), rolloutId: 'r2' })
    expect(await answers()).not.toEqual(at25)
  })

  test('takes the key from the header as well', async () => {
    await command(canary(50))
    await start()
    const arms = new Set<string | undefined>()
    for (let i = 0; i < 20; i++) {
      const answer = await post('/v2/models/churn/infer', inferBody(people.slice(0, 1)), { 'x-refit-key': 'ana' })
      arms.add(answer.body.parameters?.arm)
    }
    expect(arms.size).toBe(1)
  })

  test('an exposure whose lease has run out counts as none', async () => {
    await command(canary(99))
    await start()
    expect(await answers()).toContain('candidate')
    now += 3_600_000
    expect(new Set(await answers())).toEqual(new Set(['stable']))
  })

  test('a candidate that is not loaded answers nobody', async () => {
    await command({ ...canary(99), candidate: { ...(refs.get(2) as VersionRef), digest: `sha256:${'0'.repeat(64)}` } })
    await start()
    expect(new Set(await answers())).toEqual(new Set(['stable']))
  })

  test('where stable cannot be loaded, a candidate answers its own callers, and everybody once it has all traffic', async () => {
    const lost = { ...(refs.get(1) as VersionRef), digest: `sha256:${'0'.repeat(64)}` }
    const statuses = async (): Promise<readonly number[]> =>
      Promise.all(
        people.slice(0, 60).map(async (person, i) => (await infer([person], { parameters: { key: `c${i}` } })).status),
      )
    await command({ ...canary(40), stable: lost })
    await start()
    expect(new Set(await statuses())).toEqual(new Set([200, 503]))
    expect((await call('/v2/health/ready')).status).toBe(503)
    await command({ ...canary(100), stable: lost })
    expect(new Set(await statuses())).toEqual(new Set([200]))
    expect((await call('/v2/health/ready')).status).toBe(200)
    expect((await call('/v2/models/churn/ready')).body).toEqual({ name: 'churn', ready: true })
    expect((await call('/v2/models/churn')).body['versions']).toEqual(['2'])
    now += 3_600_000
    expect(new Set(await statuses())).toEqual(new Set([503]))
    expect((await call('/v2/health/ready')).status).toBe(503)
  })

  test('where stable cannot be loaded, a shadow is measured all the same', async () => {
    const lost = { ...(refs.get(1) as VersionRef), digest: `sha256:${'0'.repeat(64)}` }
    await command({ ...canary(0), stable: lost, mode: 'shadow', expiresAt: null })
    await start()
    for (let i = 0; i < 3; i++) expect((await infer(people.slice(i, i + 1))).status).toBe(503)
    gateway?.drain()
    now += 2000
    const { windows, splits } = await evidence()
    expect(windows[0]?.requests).toEqual({ stable: 0, shadow: 3, candidate: 0 })
    const [group] = splits[0]?.groups ?? []
    expect(group?.callers.map(({ stable, candidate }) => [stable, candidate?.requests])).toEqual([
      [null, 1],
      [null, 1],
      [null, 1],
    ])
  })

  test('shadow: stable answers, the candidate scores the same rows afterwards', async () => {
    await command({ ...canary(0), mode: 'shadow', expiresAt: null })
    await start()
    for (let i = 0; i < 10; i++) expect((await infer(people.slice(i, i + 1))).body.parameters?.arm).toBe('stable')
    gateway?.drain()
    now += 2000
    const { windows, splits } = await evidence()
    expect(windows[0]?.requests).toEqual({ stable: 10, shadow: 10, candidate: 0 })
    const callers = splits[0]?.groups[0]?.callers ?? []
    expect(callers.map(({ stable, candidate }) => [stable?.ranks, candidate?.ranks])).toEqual(
      Array.from({ length: 10 }, () => [1, 1]),
    )
  })

  test('at 100 % the old version is mirrored, so that there is something to compare with', async () => {
    await command(canary(100))
    await start()
    for (let i = 0; i < 10; i++) expect((await infer(people.slice(i, i + 1))).body.parameters?.arm).toBe('candidate')
    gateway?.drain()
    now += 2000
    expect((await evidence()).windows[0]?.requests).toEqual({ stable: 10, shadow: 0, candidate: 10 })
  })
})

describe('what is measured', () => {
  test('windows are whole grid steps, half open, and complete', async () => {
    await command(canary(100))
    await start()
    now = START + 10_400
    await infer(people.slice(0, 3))
    now = START + 11_600
    await infer(people.slice(0, 1))
    const seen = async (): Promise<readonly number[]> =>
      (await evidence()).windows.filter(({ requests }) => requests.candidate > 0).map(({ start: from }) => from - START)
    expect(await seen()).toEqual([10_000])
    now = START + 12_000
    expect(await seen()).toEqual([10_000, 11_000])
    const { windows, splits } = await evidence()
    expect(windows.every(({ start: from, end, exposed }) => end - from === 1000 && exposed === 1000)).toBe(true)
    const [caller] = splits[0]?.groups[0]?.callers ?? []
    expect(caller?.candidate).toMatchObject({ requests: 1, errors: 0, ranks: 3 })
  })

  test('ranks among its own holdout scores are about uniform for production that looks like the holdout', async () => {
    await command({ ...canary(0), mode: 'shadow', expiresAt: null })
    await start()
    for (const person of people) await infer([person])
    const ranks = (await callers()).map(({ stable }) => stable?.rankSum ?? 0)
    expect(ranks).toHaveLength(people.length)
    const mean = ranks.reduce((total, rank) => total + rank, 0) / ranks.length
    expect(mean).toBeGreaterThan(0.42)
    expect(mean).toBeLessThan(0.58)
  })

  test('what no version accepts is its caller’s mistake: it is refused, counted apart, and nobody’s error', async () => {
    await command(canary(50))
    await start()
    const body = JSON.stringify({ inputs: [{ name: 'plan', shape: [1], datatype: 'BYTES', data: ['pro'] }] })
    for (let i = 0; i < 20; i++) {
      const answer = await post('/v2/models/churn/infer', body, { 'x-refit-key': `chosen ${i}` })
      expect(answer.status).toBe(400)
      expect(answer.body.error).toMatch(/^v[12] of churn needs the inputs "usage", which are missing$/)
    }
    await infer(people.slice(0, 1))
    now += 2000
    const { windows } = await evidence()
    expect(windows.reduce((total, { refused }) => total + refused, 0)).toBe(20)
    expect(await callers()).toHaveLength(1)
    expect(await (await fetch(`${gateway?.url}/metrics`)).text()).toMatch(
      /^refit_gateway_refused_total\{model="churn"\} 20$/m,
    )
  })

  test.each([
    ['candidate', 3, 1],
    ['stable', 1, 3],
  ] as const)('what only the %s refuses is that version’s error', async (arm, candidate, stable) => {
    refs.set(3, await merged(demanding))
    await command({ ...canary(50), candidate: refs.get(candidate) ?? null, stable: refs.get(stable) ?? null })
    await start()
    // v3 needs a column that nobody sends.
    for (let i = 0; i < 40; i++) await infer(people.slice(i, i + 1), { parameters: { key: `k${i}` } })
    const seen = await callers()
    const failing = seen.map((caller) => [caller.candidate, caller.stable].map((sums) => sums?.errors ?? 0))
    const of = (i: number): number => failing.reduce((total, errors) => total + (errors[i] ?? 0), 0)
    expect(seen).toHaveLength(40)
    expect(of(arm === 'candidate' ? 0 : 1)).toBe(seen.filter((caller) => caller[arm]).length)
    expect(of(arm === 'candidate' ? 1 : 0)).toBe(0)
  })

  test('in the bake, what the candidate refuses is still scored by stable, so that it is seen whose fault it was', async () => {
    refs.set(3, await merged(demanding))
    await command({ ...canary(100), candidate: refs.get(3) ?? null })
    await start()
    for (let i = 0; i < 5; i++) await infer(people.slice(i, i + 1))
    gateway?.drain()
    expect((await callers()).map((caller) => [caller.candidate?.errors, caller.stable?.errors])).toEqual(
      Array.from({ length: 5 }, () => [1, 0]),
    )
  })

  test('an output that only one version has is an error of the other', async () => {
    await command(canary(100))
    await start()
    const answer = await infer(people.slice(0, 1), { outputs: [{ name: 'probabilities' }] })
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining('no output') as string } })
    expect(await callers()).toEqual([])
  })

  test('one caller is one, whatever it sends; without a key each request is a caller', async () => {
    await command(canary(50))
    await start()
    for (let i = 0; i < 30; i++) await infer(people.slice(0, 1), { parameters: { key: 'one' } })
    for (let i = 0; i < 4; i++) await infer(people.slice(0, 1))
    for (let i = 0; i < 3; i++)
      await post('/v2/models/churn/infer', inferBody(people.slice(0, 1)), { 'x-refit-key': '' })
    for (let i = 0; i < 60; i++) await infer(people.slice(0, 1), { id: 'always the same' })
    const { groups = [] } = (await evidence()).splits[0] ?? {}
    expect(groups.map(({ keyed, callers: list }) => [keyed, list.length])).toEqual([
      [true, 1],
      [false, 67],
    ])
    // By chance alone one arm would have none of them in 2 of 2^67 runs.
    const keyless = groups[1]?.callers ?? []
    expect(keyless.some(({ stable }) => stable) && keyless.some(({ candidate }) => candidate)).toBe(true)
  })

  test('after its lease an exposure counts neither as time nor as evidence', async () => {
    await command(canary(5))
    await start()
    now += 600_000 // ten minutes of another split
    await command(canary(50))
    now += 3_600_000 + 5000 // five seconds past the lease
    for (let i = 0; i < 20; i++) await infer(people.slice(i, i + 1))
    now += 1_800_000
    const { windows, splits } = await evidence('r1', 60_000)
    expect(windows.reduce((total, { exposed }) => total + exposed, 0)).toBe(3_600_000)
    expect(splits).toEqual([])
  })

  test('outcomes find their predictions, once, for whoever answered or mirrored', async () => {
    await command({ ...canary(0), mode: 'shadow', expiresAt: null })
    await start()
    const known = people.slice(0, 50)
    for (const [i, person] of known.entries()) await infer([person], { id: `p${i}` })
    gateway?.drain()
    const list = known.map((person, i) => ({ id: `p${i}`, label: person.churned }))
    now += 5000
    const sent = JSON.stringify({ model: 'churn', outcomes: [...list, { id: 'nobody', label: true }] })
    expect((await post('/outcomes', sent)).body).toEqual({ matched: 50, unknown: 1, rejected: [] })
    expect((await post('/outcomes', sent)).body).toMatchObject({ matched: 0, unknown: 51 })
    const seen = await callers()
    const lost = (arm: 'stable' | 'candidate'): number =>
      seen.reduce((total, caller) => total + (caller[arm]?.lossSum ?? 0), 0)
    const wrong = (version: Version): number =>
      Array.from(version.model.predict(tableOf(known)).scores).filter((score, i) => score >= 0.5 !== known[i]?.churned)
        .length
    expect(seen).toHaveLength(50)
    expect([lost('stable'), lost('candidate')]).toEqual([wrong(first), wrong(second)])
  })

  test('a restart loses neither evidence nor the predictions that wait for their outcomes', async () => {
    const kept = { evidence: temporaryFolder('refit-evidence') }
    await command({ ...canary(0), mode: 'shadow', expiresAt: null })
    await start(kept)
    for (const [i, person] of people.slice(0, 20).entries()) await infer([person], { id: `p${i}` })
    gateway?.drain()
    now += 2000
    const before = await evidence()
    await gateway?.close()
    await start(kept)
    const after = await evidence()
    expect(after.windows).toEqual(before.windows)
    expect(after.since).toBe(before.since)
    expect(after.splits).toEqual(before.splits)
    await infer(people.slice(20, 21))
    gateway?.drain()
    expect((await callers()).length).toBe(21) // the same split goes on
    expect(after.outcomes).toEqual(before.outcomes)
    const outcomes = people.slice(0, 20).map((person, i) => ({ id: `p${i}`, label: person.churned }))
    expect((await post('/outcomes', JSON.stringify({ model: 'churn', outcomes }))).body['matched']).toBe(20)
    expect(await (await fetch(`${gateway?.url}/metrics`)).text()).toMatch(
      /^refit_gateway_evidence_kept\{model="churn"\} 1$/m,
    )
  })

  test('evidence that cannot be kept where it was asked for is an error with a way out', async () => {
    await expect(start({ evidence: join(folder, 'README.md') })).rejects.toMatchObject({
      code: 'serving',
      hint: expect.stringContaining('--no-evidence') as string,
    })
  })

  test('what is lost, unmatched or refused is counted, for the rollout and for Prometheus', async () => {
    await command({ ...canary(0), mode: 'shadow', expiresAt: null })
    await start()
    await infer(people.slice(0, 1), { id: 'twice' })
    await infer(people.slice(0, 1), { id: 'twice' })
    for (let i = 0; i < 3; i++) await infer(people.slice(0, 1), { id: `again-${i}` })
    const outcomes = [
      { id: 'again-0', label: true },
      { id: 'again-1', label: 'perhaps' },
      { id: 'nobody', label: true },
      { id: 'again-0', label: true },
    ]
    await post('/outcomes', JSON.stringify({ model: 'churn', outcomes }))
    const tally = { since: START, waiting: 3, matched: 1, unmatched: 2, rejected: 1, replaced: 1 }
    expect((await evidence()).outcomes).toMatchObject(tally)
    const text = await (await fetch(`${gateway?.url}/metrics`)).text()
    for (const line of [
      'refit_gateway_outcomes_refused_total{model="churn",reason="unmatched"} 2',
      'refit_gateway_outcomes_refused_total{model="churn",reason="rejected"} 1',
      'refit_gateway_predictions_forgotten_total{model="churn",reason="replaced"} 1',
      'refit_gateway_predictions_waiting{model="churn"} 3',
      'refit_gateway_evidence_kept{model="churn"} 0',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
  })

  test('an outcome that is no class of the model is rejected with the classes there are', async () => {
    await command({})
    await start()
    await infer(people.slice(0, 1), { id: 'p' })
    const { body } = await post(
      '/outcomes',
      JSON.stringify({ model: 'churn', outcomes: [{ id: 'p', label: 'maybe' }] }),
    )
    expect(body).toEqual({
      matched: 0,
      unknown: 0,
      rejected: [{ id: 'p', reason: 'label "maybe" is none of false, true' }],
    })
  })

  test('Prometheus reads it', async () => {
    await command(canary(40))
    await start()
    for (let i = 0; i < 30; i++) await infer(people.slice(i, i + 1))
    await call('/v2/models/none')
    const response = await fetch(`${gateway?.url}/metrics`)
    expect(response.headers.get('content-type')).toContain('text/plain')
    const text = await response.text()
    for (const line of [
      /^refit_gateway_requests_total\{model="churn",version="1",arm="stable"\} \d+$/m,
      /^refit_gateway_requests_total\{model="churn",version="2",arm="candidate"\} \d+$/m,
      /^refit_gateway_request_duration_seconds_bucket\{le="0.01",model="churn",version="1",arm="stable"\} \d+$/m,
      /^refit_gateway_loaded_version\{model="churn",version="2",role="candidate"\} 1$/m,
      /^refit_gateway_candidate_percent\{model="churn"\} 40$/m,
      /^refit_gateway_rejected_total\{status="404"\} 1$/m,
    ]) {
      expect(text).toMatch(line)
    }
  })

  test('evidence and outcomes ask for the token where there is one; inference does not', async () => {
    await command({})
    await start({ token: 'secret' })
    expect((await infer(people.slice(0, 1))).status).toBe(200)
    expect(await post('/outcomes', '{}')).toMatchObject({ status: 401 })
    await expect(evidence()).rejects.toMatchObject({
      code: 'rollout',
      message: expect.stringContaining('asks for a token') as string,
    })
    const client = createEvidenceClient({ url: gateway?.url ?? '', token: 'secret' })
    const query = { model: 'churn', rolloutId: '', from: 0, to: 1, step: 1000, objective: 250 }
    expect((await client.read(query)).loaded).toHaveLength(1)
  })
})

describe('evidence of another format', () => {
  const windows = [{ start: 0, end: 1000, arms: { stable: { requests: 1, errors: 1 } } }]

  test.each([
    [
      'an earlier gateway',
      { now: START, generation: 1, rolloutId: 'r1', loaded: [], failed: [], windows },
      'an earlier format',
    ],
    ['a later gateway', { format: 3, windows: [] }, 'in format 3, and this Refit reads format 2'],
    ['no gateway at all', { hello: 'world' }, 'cannot be read'],
  ])('of %s is told and not read', async (_who, answer, words) => {
    const server = createHttpServer((_request, response) => response.end(JSON.stringify(answer)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const client = createEvidenceClient({ url: `http://127.0.0.1:${port}` })
    const query = { model: 'churn', rolloutId: 'r1', from: 0, to: 1000, step: 1000, objective: 250 } as const
    const error: unknown = await client.read(query).catch((thrown: unknown) => thrown)
    await new Promise((resolve) => server.close(resolve))
    expect(error).toMatchObject({
      code: 'rollout',
      message: expect.stringContaining(words) as string,
      hint: 'Run the same version of Refit on both sides.',
    })
  })

  test.each(['', '&format=1', '&format=3'])('is not given to who asks for one: “%s”', async (format) => {
    await command({})
    await start()
    const { status, body } = await call(
      `/refit/evidence?model=churn&rollout=r1&from=0&to=1&step=1000&objective=250${format}`,
    )
    expect(status).toBe(400)
    expect(body.error).toContain('run the same version of Refit on both sides')
  })
})

describe('trouble', () => {
  test('a port in use: one sentence with a way out', async () => {
    const taken = createServer()
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port))
    })
    await expect(start({ port })).rejects.toMatchObject({
      code: 'serving',
      message: `port ${port} on 127.0.0.1 is in use by another program`,
      hint: expect.stringContaining('--port') as string,
    })
    taken.close()
  })

  test('no such repository: one sentence', async () => {
    await expect(start({ repository: '/nowhere/at/all' })).rejects.toMatchObject({
      code: 'serving',
      message: 'there is no repository at /nowhere/at/all',
    })
  })

  test('a gateway that is down is a RefitError of the client, whatever the reason', async () => {
    const query = { model: 'churn', rolloutId: '', from: 0, to: 1, step: 1000, objective: 250 }
    const nobody = createEvidenceClient({ url: 'http://user:pass@127.0.0.1:9' })
    await expect(nobody.read(query)).rejects.toMatchObject({
      code: 'rollout',
      message: expect.not.stringContaining('pass') as string,
    })
    await command({})
    await start()
    const client = createEvidenceClient({ url: gateway?.url ?? '' })
    await expect(client.read({ ...query, model: 'other' })).rejects.toThrow(
      'answered 404: there is no model "other" here',
    )
    await expect(client.read({ ...query, step: 333 })).rejects.toThrow('multiple of 250')
  })

  const valid = { name: 'usage', shape: [1], datatype: 'FP64', data: [1] }
  const plan = { name: 'plan', shape: [1], datatype: 'BYTES', data: ['pro'] }
  const malformed: readonly (readonly [what: string, body: string, status: number, words: string])[] = [
    ['no JSON', '{"inputs": [', 400, 'not valid JSON'],
    ['a list', '[]', 400, 'JSON object'],
    ['null', 'null', 400, 'JSON object'],
    ['no inputs', '{}', 400, '"inputs"'],
    ['an input that is no object', '{"inputs": [1]}', 400, 'inputs[0]'],
    ['no data', JSON.stringify({ inputs: [{ ...valid, data: undefined }] }), 400, 'no "data"'],
    ['no rows', JSON.stringify({ inputs: [{ ...valid, shape: [0], data: [] }] }), 400, 'no rows'],
    ['a wrong shape', JSON.stringify({ inputs: [{ ...valid, shape: [2] }] }), 400, 'shape [2] and 1 values'],
    ['a matrix', JSON.stringify({ inputs: [{ ...valid, shape: [1, 3], data: [[1, 2, 3]] }] }), 400, '[n] or [n, 1]'],
    [
      'different lengths',
      JSON.stringify({ inputs: [valid, { ...plan, shape: [2], data: ['a', 'b'] }] }),
      400,
      'has 2 rows',
    ],
    ['text as a number', JSON.stringify({ inputs: [{ ...valid, data: ['many'] }, plan] }), 400, 'not of datatype FP64'],
    [
      'text that is no number',
      JSON.stringify({ inputs: [{ ...valid, datatype: 'BYTES', data: ['many'] }, plan] }),
      400,
      'is no number',
    ],
    ['an unknown datatype', JSON.stringify({ inputs: [{ ...valid, datatype: 'COMPLEX' }] }), 400, 'datatype'],
    [
      'binary data',
      JSON.stringify({ inputs: [{ ...valid, data: undefined, parameters: { binary_data_size: 8 } }] }),
      400,
      'there is no inference-header-content-length header',
    ],
    [
      'data twice',
      JSON.stringify({ inputs: [{ ...valid, parameters: { binary_data_size: 8 } }] }),
      400,
      'both "data" and "binary_data_size"',
    ],
    [
      'shared memory',
      JSON.stringify({ inputs: [{ ...valid, parameters: { shared_memory_region: 'a' } }] }),
      400,
      'shared memory is not supported',
    ],
    ['nothing', '', 400, 'the body is empty'],
    ['a bare NaN', '{"inputs": [{"name": "usage", "data": [1, NaN]}]}', 400, 'a bare NaN at character 43; send null'],
    ['a bare Infinity', '{"inputs": [{"data": [-Infinity]}]}', 400, 'a bare -Infinity at character 23; send null'],
    ['the value of another language', '{"inputs": [{"data": [None]}]}', 400, 'a bare None at character 23; send null'],
    ['a value of another language', '{"inputs": [], "x": True}', 400, 'a bare True at character 21'],
    ['a NaN in a text, and no JSON', '{"inputs": ["NaN",]}', 400, 'the body is not valid JSON'],
    [
      'a number beyond a double',
      '{"inputs": [{"name": "usage", "shape": [1], "datatype": "FP64", "data": [1e999]}]}',
      400,
      '"usage", row 0: the number is not finite',
    ],
    ['objects that are deep', `{"inputs": ${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`, 400, 'deeper than 64 levels'],
    [
      'what is deep where nobody looks',
      `{"inputs": [${JSON.stringify(valid)}], "parameters": {"x": ${'['.repeat(200_000)}${']'.repeat(200_000)}}}`,
      400,
      'deeper than 64 levels',
    ],
    [
      'a list as a value',
      JSON.stringify({ inputs: [{ ...valid, data: [[[1]]] }, plan] }),
      400,
      'a list is not of datatype FP64',
    ],
    ['a name twice', JSON.stringify({ inputs: [valid, valid] }), 400, 'twice'],
    ['a strange output', JSON.stringify({ inputs: [valid, plan], outputs: [{ name: 'x' }] }), 400, 'no output "x"'],
    ['an id that is no text', JSON.stringify({ inputs: [valid, plan], id: { a: 1 } }), 400, '"id"'],
    [
      'too many rows',
      JSON.stringify({ inputs: [{ ...valid, shape: [10_001], data: Array.from({ length: 10_001 }, () => 1) }] }),
      413,
      'at most 10000',
    ],
    ['a deep list', `{"inputs": ${'['.repeat(5000)}${']'.repeat(5000)}}`, 400, 'deeper than 64 levels'],
    [
      'prototype names',
      '{"inputs": [{"name": "__proto__", "shape": [1], "datatype": "BYTES", "data": ["x"]}]}',
      400,
      'needs the inputs',
    ],
  ]

  test('malformed requests get a sentence and no stack', async () => {
    await command({})
    await start()
    const answers = await Promise.all(
      malformed.map(async ([what, body]) => ({ what, ...(await post('/v2/models/churn/infer', body)) })),
    )
    expect(answers).toEqual(
      malformed.map(([what, , status, words]) => ({
        what,
        status,
        body: { error: expect.stringContaining(words) as string },
      })),
    )
    expect(JSON.stringify(answers)).not.toMatch(/\.ts\b|node:|at \w+ \(/)
  })

  test('brackets within texts are no depth, and a byte order mark is no mistake', async () => {
    await command({})
    await start()
    const deep = `\ufeff${inferBody(people.slice(0, 1), { id: `${'['.repeat(100)}\\"${'{'.repeat(100)}` })}`
    expect((await post('/v2/models/churn/infer', deep)).status).toBe(200)
  })

  test('bytes that are no UTF-8 are told', async () => {
    await command({})
    await start()
    const response = await fetch(`${gateway?.url}/v2/models/churn/infer`, {
      method: 'POST',
      body: Uint8Array.of(0x22, 0xff, 0x22),
    })
    expect([response.status, await response.json()]).toEqual([400, { error: 'the body is not valid UTF-8' }])
  })

  test('whatever is sent, the answer is a status for the caller and never a crash', async () => {
    await command({})
    await start()
    const tensor = fc.record(
      {
        name: fc.oneof(fc.constantFrom('usage', 'plan'), fc.string()),
        datatype: fc.oneof(fc.constantFrom('FP64', 'BYTES', 'BOOL', 'INT64'), fc.jsonValue()),
        shape: fc.oneof(fc.constantFrom([1], [2], [1, 1]), fc.jsonValue()),
        data: fc.oneof(fc.array(fc.jsonValue(), { maxLength: 3 }), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record(
        { inputs: fc.array(tensor, { maxLength: 3 }), outputs: fc.jsonValue(), parameters: fc.jsonValue() },
        { requiredKeys: ['inputs'] },
      ),
    )
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom('/v2/models/churn/infer', '/outcomes'), async (content, path) => {
        expect([200, 400, 413]).toContain((await post(path, JSON.stringify(content))).status)
      }),
      { numRuns: 200, seed: 5 },
    )
  })

  test.each(['content-length: 30000000', 'transfer-encoding: chunked'])(
    'a body that is too large gets its answer, not a reset, from a client that sends before it listens: %s',
    async (framing) => {
      await command({})
      await start()
      const { hostname, port } = new URL(gateway?.url ?? '')
      const part = Buffer.alloc(1_000_000, 'x')
      const chunk = framing.startsWith('content')
        ? part
        : Buffer.concat([Buffer.from('f4240\r\n'), part, Buffer.from('\r\n')])
      for (const path of ['/v2/models/churn/infer', '/outcomes']) {
        const socket = connect(Number(port), hostname)
        const trouble = new Promise<never>((_, reject) => socket.once('error', reject))
        const sent = async (): Promise<string> => {
          socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\n${framing}\r\n\r\n`)
          for (let i = 0; i < 30; i++) {
            if (!socket.write(chunk)) await new Promise((resolve) => socket.once('drain', resolve))
          }
          if (chunk !== part) socket.write('0\r\n\r\n')
          let answer = ''
          for await (const piece of socket) answer += String(piece)
          return answer
        }
        expect(await Promise.race([sent(), trouble])).toMatch(
          /^HTTP\/1.1 413 [^]*\{"error":"the body is larger than 8 MB"\}$/,
        )
      }
      expect((await call('/v2/health/live')).status).toBe(200)
    },
  )

  test('what is no HTTP is answered with a sentence as well', async () => {
    await command({})
    await start()
    const said = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(gateway?.url ?? '')
        const socket = connect(Number(port), hostname, () => socket.write(text))
        let answer = ''
        socket.on('data', (chunk) => (answer += chunk.toString('utf8')))
        socket.on('end', () => resolve(answer))
        socket.on('error', reject)
      })
    expect(await said('hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [^]*\r\n\r\n\{"error":"this is no HTTP request"\}$/)
    const long = `GET / HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(100_000)}\r\n\r\n`
    expect(await said(long)).toMatch(/^HTTP\/1.1 431 [^]*\{"error":"the headers are too large"\}$/)
  })

  test.each(['', '  ', 'secret\n', ' secret', 'gehe\u00efm'])(
    'a token that protects nothing is an error: %j',
    async (token) => {
      await expect(start({ token })).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('REFIT_GATEWAY_TOKEN') as string,
      })
      expect(() => createEvidenceClient({ url: 'http://127.0.0.1:9', token })).toThrow('REFIT_GATEWAY_TOKEN')
    },
  )

  test.each(['0.0.0.0', '::', '', '192.168.1.4', 'models.example.com'])(
    'an address that others reach needs a token: %j',
    async (host) => {
      await expect(start({ host })).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('no token protects evidence and outcomes') as string,
        hint: expect.stringContaining('REFIT_GATEWAY_TOKEN') as string,
      })
    },
  )

  test.each(['127.0.0.1', 'localhost', '::1', '127.0.0.2'])(
    'an address of this machine needs none: %s',
    async (host) => {
      expect(isLoopback(host)).toBe(true)
    },
  )

  test('with a token, every address can be listened on', async () => {
    await command({})
    const { url } = await start({ host: '0.0.0.0', token: 'secret' })
    expect((await fetch(`http://127.0.0.1:${new URL(url).port}/v2/health/ready`)).status).toBe(200)
  })

  test('addresses that are not there, and methods that do not fit', async () => {
    await command({})
    await start()
    const calls = [
      ['/v2/models/nothing/infer', 'POST', 404],
      ['/v2/models/%E0%A4%A/infer', 'POST', 404],
      ['/nothing', 'GET', 404],
      ['/v2/models/churn/infer', 'GET', 405],
      ['/v2/health/live', 'POST', 405],
      ['/outcomes', 'GET', 405],
      ['//', 'GET', 400],
    ] as const
    const statuses = calls.map(
      async ([path, method]) => (await call(path, { method, ...(method === 'POST' ? { body: '{}' } : {}) })).status,
    )
    expect(await Promise.all(statuses)).toEqual(calls.map(([, , status]) => status))
  })

  test('malformed outcomes', async () => {
    await command({})
    await start()
    const bodies = [
      'null',
      '[]',
      '{"model": "churn"}',
      '{"model": "churn", "outcomes": [null]}',
      '{"model": "churn", "outcomes": [{"id": 1, "label": 2}]}',
    ]
    const statuses = bodies.map(async (body) => (await post('/outcomes', body)).status)
    expect(await Promise.all(statuses)).toEqual(bodies.map(() => 400))
  })

  test('a gateway that retires is not ready, answers on, and ends each connection with its answer', async () => {
    await command({})
    await start()
    gateway?.retire()
    for (const [path, status] of [
      ['/v2/health/ready', 503],
      ['/v2/models/churn/ready', 503],
      ['/v2/health/live', 200],
    ] as const) {
      expect((await fetch(`${gateway?.url}${path}`)).status).toBe(status)
    }
    const response = await fetch(`${gateway?.url}/v2/models/churn/infer`, {
      method: 'POST',
      body: inferBody(people.slice(0, 1)),
    })
    expect([response.status, response.headers.get('connection')]).toEqual([200, 'close'])
  })

  test('a request that is under way when the gateway closes gets its answer', async () => {
    await command({})
    await start()
    const { hostname, port } = new URL(gateway?.url ?? '')
    const body = Buffer.from(inferBody(people.slice(0, 3), { id: 'late' }))
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname)
      let text = ''
      socket.on('data', (chunk) => (text += chunk.toString('utf8')))
      socket.on('end', () => resolve(text))
      socket.on('error', reject)
      socket.write(`POST /v2/models/churn/infer HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`)
      socket.write(body.subarray(0, 20), () => {
        // The gateway has begun to read, for this later request is answered.
        void fetch(`${gateway?.url}/v2/health/live`).then(() => {
          void gateway?.close().then(() => (gateway = undefined))
          socket.write(body.subarray(20))
        })
      })
    })
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*connection: close[^]*"id":"late"/i)
  })

  test('a closed gateway takes no more requests', async () => {
    await command({})
    const { url, close } = await start()
    await close()
    gateway = undefined
    await expect(fetch(`${url}/v2/health/live`)).rejects.toThrow('fetch failed')
  })
})
