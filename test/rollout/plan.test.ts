import { describe, expect, test } from 'vitest'
import type { StageConfig } from '../../src/config/schema.ts'
import { planStages, requiredRequests, stageMax } from '../../src/config/stages.ts'
import { compareCallers } from '../../src/rollout/callers.ts'
import { decide } from '../../src/rollout/decide.ts'
import {
  currentStage,
  evidenceSteps,
  opId,
  percentOf,
  phaseOf,
  planHash,
  rolloutId,
  sameVersion,
  stageName,
} from '../../src/rollout/plan.ts'
import { emptyState, initialState } from '../../src/rollout/recover.ts'
import type { DesiredManifest } from '../../src/rollout/desired.ts'
import type { Forge } from '../../src/forge/forge.ts'
import type { ActiveRollout, ArmSums, EvidenceAnswer, SplitEvidence } from '../../src/rollout/types.ts'
import { EVIDENCE_FORMAT } from '../../src/rollout/types.ts'
import { HOUR, START, sumsOf, World, config, version, wants } from './world.ts'

const plain = (kind: 'staging' | 'full' | 'shadow'): StageConfig => ({ kind, for: 0, requests: 0 })
const canary = (percent: number, more: Partial<StageConfig> = {}): StageConfig =>
  ({ kind: 'canary', percent, for: HOUR, requests: 0, ...more }) as StageConfig

describe('a plan', () => {
  test.each<[readonly StageConfig[], readonly StageConfig[]]>([
    [[], [plain('staging'), plain('full')]],
    [[canary(5)], [plain('staging'), canary(5), plain('full')]],
    [
      [{ ...plain('staging'), for: 7 }, canary(5), { ...plain('full'), for: 8 }],
      [{ ...plain('staging'), for: 7 }, canary(5), { ...plain('full'), for: 8 }],
    ],
  ])('begins with staging and ends with full (%#)', (configured, stages) => {
    expect(planStages(configured)).toEqual(stages)
  })

  test.each<[StageConfig, { name: string; phase: string; percent: number; requests: number; max: number }]>([
    [plain('staging'), { name: 'staging', phase: 'staging', percent: 0, requests: 0, max: 24 * HOUR }],
    [
      { ...plain('staging'), requests: 5 },
      { name: 'staging', phase: 'staging', percent: 0, requests: 0, max: 24 * HOUR },
    ],
    [plain('shadow'), { name: 'shadow', phase: 'shadow', percent: 0, requests: 100, max: 24 * HOUR }],
    [canary(5, { requests: 1 }), { name: 'canary 5 %', phase: 'canary', percent: 5, requests: 1, max: 24 * HOUR }],
    [canary(5, { for: 7 * HOUR }), { name: 'canary 5 %', phase: 'canary', percent: 5, requests: 100, max: 28 * HOUR }],
    [canary(5, { max: 1 }), { name: 'canary 5 %', phase: 'canary', percent: 5, requests: 100, max: 1 }],
    [plain('full'), { name: 'full', phase: 'full-bake', percent: 100, requests: 100, max: 24 * HOUR }],
  ])('has of %j what it asks for', (stage, { name, phase, percent, requests, max }) => {
    expect([stageName(stage), phaseOf(stage), percentOf(stage), requiredRequests(stage), stageMax(stage)]).toEqual([
      name,
      phase,
      percent,
      requests,
      max,
    ])
  })

  test('is looked at in every step but staging', () => {
    expect(evidenceSteps(config.stages)).toBe(4)
    expect(evidenceSteps([plain('staging')])).toBe(1)
  })

  test('has another hash with other stages, guardrails or level, and the same without what goes without saying', () => {
    const hash = planHash(config)
    const others = [
      { ...config, stages: config.stages.slice(1, 3) },
      { ...config, guardrails: config.guardrails.slice(1) },
      { ...config, alpha: 0.02 },
    ]
    expect(new Set([hash, ...others.map(planHash)]).size).toBe(4)
    expect(planHash({ ...config, stages: config.stages.slice(1, 4) })).toBe(hash)
    expect(planHash({ ...config, lease: 1 })).toBe(hash)
  })

  test('of one candidate on one model is one rollout; whatever differs makes it another', () => {
    const id = rolloutId('churn', 'production', version(2), 'plan')
    const commit = { ...version(2), commit: 'b'.repeat(40) }
    const digest = { ...version(2), digest: version(3).digest }
    const others = [
      rolloutId('other', 'production', version(2), 'plan'),
      rolloutId('churn', 'staging', version(2), 'plan'),
      rolloutId('churn', 'production', commit, 'plan'),
      rolloutId('churn', 'production', digest, 'plan'),
      rolloutId('churn', 'production', version(2), 'plan 2'),
    ]
    expect(rolloutId('churn', 'production', version(2), 'plan')).toBe(id)
    expect(id).toMatch(/^[0-9a-f]{16}$/)
    expect(new Set([id, ...others]).size).toBe(6)
  })

  test('a step beyond it is its last', () => {
    const at = (step: number): StageConfig => currentStage({ step, stages: config.stages } as ActiveRollout)
    expect([at(0), at(4), at(5), at(99)]).toEqual([
      config.stages[0],
      config.stages[4],
      config.stages[4],
      config.stages[4],
    ])
    expect(currentStage({ step: 0, stages: [] as readonly StageConfig[] } as ActiveRollout)).toEqual(plain('staging'))
    expect(opId({ id: 'r1', step: 3 } as ActiveRollout, 7, 'rollback')).toBe('r1/7/3/rollback')
  })

  test('a version is its digest and its number, wherever it was merged', () => {
    expect(sameVersion(version(2), { ...version(2), commit: 'x' })).toBe(true)
    expect(sameVersion(version(2), { ...version(2), digest: version(3).digest })).toBe(false)
    expect(sameVersion(version(2), { ...version(2), version: 3 })).toBe(false)
    expect([sameVersion(null, null), sameVersion(undefined, version(2)), sameVersion(version(2), null)]).toEqual([
      false,
      false,
      false,
    ])
  })
})

test('the form of the evidence has a number, which changes with its meaning', () => {
  // Written into the journals of gateways and asked for by runs of other versions of Refit.
  expect(EVIDENCE_FORMAT).toBe(2)
})

test('where requests are mirrored, a caller of whom one version alone has seen something is compared with nobody', () => {
  const sums = (errors: number): ArmSums => sumsOf(1, errors)
  const callers = [
    { candidate: sums(1), stable: sums(0) },
    { candidate: null, stable: sums(0) },
    { candidate: sums(1), stable: null },
  ]
  const of = (mode: SplitEvidence['mode'], percent: number) =>
    compareCallers('error-rate', [
      { mode, percent, groups: [{ keyed: true, kept: { candidate: 1, stable: 1 }, callers }] },
    ])
  const pairs = { candidate: { n: 1, sum: 1 }, stable: { n: 1, sum: 0 }, values: [1] }
  expect(of('shadow', 0)).toMatchObject(pairs)
  expect(of('canary', 100)).toMatchObject(pairs)
  expect(of('canary', 50)).toMatchObject({ candidate: { n: 2, sum: 2 }, stable: { n: 2, sum: 0 }, values: [1, 1] })
})

describe('a rollout whose wish changes', () => {
  const wish = (desired: World['desired']): readonly string[] => {
    const world = World.promoted()
    world.desired = wants(2)
    world.until('canary', 5)
    world.desired = desired
    return world.tick().sentences
  }
  test.each<[World['desired'], string]>([
    [{ kind: 'none' }, 'Stop the rollout of v2, all traffic to v1: the manifest was removed from the default branch'],
    [wants(1), 'Stop the rollout of v2, all traffic to v1: the default branch is back at v1'],
    [wants(3), 'Stop the rollout of v2, all traffic to v1: v3 is wanted now'],
    [
      { kind: 'invalid', reason: 'x' },
      'Stop the rollout of v2, all traffic to v1: the manifest on the default branch cannot be used: x',
    ],
  ])('%j stops it', (desired, sentence) => {
    expect(wish(desired)[0]).toBe(sentence)
  })
})

describe('a state of a clock that was wrong', () => {
  const DAY = 24 * HOUR
  const ahead = (by: number, more: Partial<ActiveRollout> = {}) => {
    const world = World.promoted()
    world.desired = wants(2)
    world.until('canary', 5)
    const iso = (time: number): string => new Date(time).toISOString()
    const rollout = { ...(world.state.rollout as ActiveRollout), updatedAt: iso(world.now + by), ...more }
    const { state } = decide({
      state: { ...world.state, rollout },
      desired: world.desired,
      config: world.config,
      evidence: 'down',
      effective: world.effective,
      now: world.now,
    })
    return { now: world.now, rollout: state.rollout as ActiveRollout }
  }
  test('by no more than a day is waited for; beyond, its times are taken back', () => {
    const late = new Date(START + 1000 * DAY).toISOString()
    const times = { stepStartedAt: late, maxFrom: late, confirmedAt: late, evidenceUntil: late }
    expect(ahead(DAY, times).rollout).toMatchObject(times)
    const { now, rollout } = ahead(DAY + 1, times)
    const taken = new Date(now).toISOString().replace('.000Z', 'Z')
    expect(rollout).toMatchObject({ stepStartedAt: taken, maxFrom: taken, confirmedAt: null, evidenceUntil: null })
  })

  test('keeps the times that have been', () => {
    const early = new Date(START).toISOString()
    const times = { stepStartedAt: early, maxFrom: early, confirmedAt: early, evidenceUntil: early }
    expect(ahead(2 * DAY, times).rollout).toMatchObject(times)
  })
})

test('a state that is lost begins with what the gateway serves, and with its generation', async () => {
  const forge = {} as Forge // asked nothing: the gateway knows
  const answer = { generation: 9, serving: version(7) } as EvidenceAnswer
  const wanted = {
    desired: wants(8),
    manifest: { previous: { version: 6 } },
    head: 'abc',
  } as unknown as DesiredManifest
  expect(await initialState(forge, 'churn', config, wanted, answer)).toEqual({
    ...emptyState('churn', 'production'),
    generation: 9,
    stable: version(7),
  })
  const first = { ...wanted, manifest: undefined }
  expect(await initialState(forge, 'churn', config, first, undefined)).toEqual(emptyState('churn', 'production'))
})
