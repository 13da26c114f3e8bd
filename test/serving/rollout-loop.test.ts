import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RolloutConfig } from '../../src/config/schema.ts'
import { silentLog } from '../../src/core/log.ts'
import { openLocalForge, type LocalForge } from '../../src/forge/local/local-forge.ts'
import { manifestPath } from '../../src/registry/manifest.ts'
import { tick, type TickResult } from '../../src/rollout/tick.ts'
import { createEvidenceClient } from '../../src/serving/evidence-client.ts'
import { startGateway, type Gateway } from '../../src/serving/gateway.ts'
import { makeRepository } from '../support/git.ts'
import { customers, inferBody, mergeVersion, trainVersion, type Version } from './versions.ts'

/** The real gateway, the real tick, a real repository, real models, real HTTP; only the time is ours. */
let now = Date.UTC(2026, 5, 1)
let forge: LocalForge
let gateway: Gateway
let first: Version
let second: Version
let skewed: Version

const config: RolloutConfig = {
  target: 'gateway',
  environment: 'production',
  gateway: { url: '' },
  stages: [
    { kind: 'staging', for: 0, requests: 0 },
    { kind: 'shadow', for: 0, requests: 120 },
    { kind: 'canary', percent: 40, for: 30_000, requests: 60 },
    { kind: 'full', for: 0, requests: 60 },
  ],
  guardrails: [
    { kind: 'error-rate', margin: 0.01 },
    { kind: 'latency', objective: 250, margin: 0.05 },
    { kind: 'prediction-shift', margin: 0.15 },
    { kind: 'outcome', margin: 0.05 },
  ],
  alpha: 0.01,
  window: 1000,
  'ingest-lag': 1000,
  'blind-timeout': 1_800_000,
  lease: 7_200_000,
}

beforeAll(async () => {
  const folder = makeRepository({ 'README.md': 'x\n' })
  forge = await openLocalForge(folder, { clock: () => now })
  first = await trainVersion(1)
  second = await trainVersion(2, { previous: first, seed: 5 })
  skewed = await trainVersion(3, { previous: second, usageIn: 'hours' })
  gateway = await startGateway({
    repository: folder,
    host: '127.0.0.1',
    port: 0,
    pollMs: 0,
    clock: () => now,
    log: silentLog,
    workspace: '.',
    engine: 'wasm',
  })
})

afterAll(async () => {
  await gateway.close()
  forge.close()
})

let seed = 1000
const arms = new Map<string, number>()

/** Forty callers in twenty seconds; their outcomes arrive at the end. */
async function traffic(): Promise<void> {
  const callers = customers(40, seed++)
  const outcomes: { readonly id: string; readonly label: boolean }[] = []
  for (const [i, caller] of callers.entries()) {
    now += 500
    const id = `${seed}-${i}`
    const response = await fetch(`${gateway.url}/v2/models/churn/infer`, {
      method: 'POST',
      body: inferBody([caller], { id }),
    })
    const { model_version: version } = (await response.json()) as { readonly model_version?: string }
    if (version !== undefined) arms.set(version, (arms.get(version) ?? 0) + 1)
    outcomes.push({ id, label: caller.churned })
  }
  gateway.drain()
  await fetch(`${gateway.url}/outcomes`, { method: 'POST', body: JSON.stringify({ model: 'churn', outcomes }) })
  now += 3000
}

const tickOnce = (): Promise<TickResult> =>
  tick({
    forge,
    model: 'churn',
    config,
    evidence: createEvidenceClient({ url: gateway.url }),
    clock: () => now,
    log: silentLog,
  })

/** Lives on until a version is in a phase; gives the phases on the way. */
async function until(
  version: number,
  phase: string,
): Promise<{ readonly seen: readonly string[]; readonly last: TickResult }> {
  const seen: string[] = []
  for (let i = 0; i < 60; i++) {
    const last = await tickOnce()
    const at = `${last.phase} ${last.percent}`
    if (seen.at(-1) !== at) seen.push(at)
    if (last.state.rollout?.to.version === version && last.phase === phase) return { seen, last }
    await gateway.sync()
    await traffic()
  }
  throw new Error(`v${version} never reached ${phase}: ${seen.join(', ')}`)
}

test('the first version is loaded, verified and serves', async () => {
  await mergeVersion(forge, first)
  const { last } = await until(1, 'promoted')
  expect(last.effective).toMatchObject({ stable: { version: 1 }, mode: 'stable' })
})

test('a healthy candidate goes through every stage and is promoted', async () => {
  await gateway.sync()
  await mergeVersion(forge, second)
  const { seen, last } = await until(2, 'promoted')
  expect(seen).toEqual(['staging 0', 'shadow 0', 'canary 40', 'full-bake 100', 'promoted 0'])
  const told = last.state.rollout?.guardrailStates.map(({ guardrail, verdict }) => `${guardrail} ${verdict}`)
  expect(told).toEqual([
    'error-rate pass',
    'latency pass',
    'prediction-shift pass',
    expect.stringMatching(/^outcome (pass|no-data)$/),
  ])
  expect(arms.get('2')).toBeGreaterThan(60)
})

test('a candidate with training/serving skew looked fine offline, harms in production, and is rolled back with a revert pull request', async () => {
  await gateway.sync()
  const before = await forge.readFile('main', manifestPath('churn'))
  await mergeVersion(forge, skewed)
  const { last } = await until(3, 'rolling-back')
  expect(last.sentences[0]).toMatch(/^Roll back v3, all traffic to v2: (prediction-shift|outcome)/)
  expect(last.effective).toMatchObject({ stable: { version: 2 }, percent: 0 })
  const pull = last.revertPullRequest
  expect(pull?.title).toBe('Revert churn to v2: v3 was rolled back')
  expect(await forge.readFile(pull?.headOid ?? '', manifestPath('churn'))).toEqual(before)
  await gateway.sync()
  expect((await tickOnce()).phase).toBe('rolled-back')
  await forge.merge(pull?.number ?? 0)
  await traffic()
  expect((await tickOnce()).sentences).toEqual(['v2 is stable and has all traffic'])
  expect(arms.get('3') ?? 0).toBeLessThan(80)
})
