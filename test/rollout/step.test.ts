import { describe, expect, test } from 'vitest'
import { nextStep } from '../../src/rollout/step.ts'
import type { ActiveRollout, ArmSums, EffectiveFile, EvidenceAnswer, GuardrailState } from '../../src/rollout/types.ts'
import { answering, config, HOUR, inCanary, MINUTE, START, stateOf, version, wants } from './world.ts'

const iso = (time: number): string => new Date(time).toISOString()

/** A canary of 5 % that has all that it needs. */
const rollout = (more: Partial<ActiveRollout> = {}): ActiveRollout =>
  inCanary({
    guardrailStates: [],
    evidenceUntil: iso(START),
    confirmedAt: iso(START),
    exposedMs: HOUR,
    stepRequests: 100,
    ...more,
  })
const guardrail = (more: Partial<GuardrailState>): GuardrailState => ({
  guardrail: 'error-rate',
  logE: 0,
  candidate: { n: 60, sum: 0 },
  stable: { n: 60, sum: 0 },
  verdict: 'pass',
  sentence: `${more.guardrail ?? 'error-rate'}: ${more.verdict ?? 'pass'}`,
  ...more,
})
interface Given {
  readonly answer?: EvidenceAnswer | undefined
  readonly now?: number
  readonly effective?: EffectiveFile | null
  readonly trouble?: string
}
const step = (of: ActiveRollout, { now = START, effective = null, trouble, ...given }: Given = {}) => {
  const said = 'answer' in given ? given.answer : answering()
  const before = stateOf({ generation: 1, rollout: of })
  const context = {
    state: before,
    desired: wants(2),
    config,
    evidence: said ?? 'down',
    answer: said,
    effective,
    trouble,
    now,
  } as const
  return nextStep(context, { state: before, rollout: of }, {})
}
const said = (of: ActiveRollout, given?: Given): readonly string[] => step(of, given).sentences
const passes = 'v2: canary 5 % → canary 50 % (100 requests in 1h, no guardrail objects)'

describe('a step', () => {
  test.each<[string, Partial<ActiveRollout>, Given, readonly string[]]>([
    ['passes', {}, {}, [passes]],
    ['a millisecond of exposure is missing', { exposedMs: HOUR - 1 }, {}, ['v2 at canary 5 %: 59m 59s of 1h']],
    ['a minute is missing', { exposedMs: HOUR - MINUTE }, {}, ['v2 at canary 5 %: 59m of 1h']],
    ['a request is missing', { stepRequests: 99 }, {}, ['v2 at canary 5 %: 99 of 100 requests']],
    ['both', { stepRequests: 1, exposedMs: 0 }, {}, ['v2 at canary 5 %: 0ms of 1h; 1 of 100 requests']],
    [
      'not taken over',
      { confirmedAt: null },
      {
        answer: answering({
          waiting: [{ version: 2, digest: version(2).digest, reason: 'the commit is not there yet' }],
        }),
      },
      ['v2 at canary 5 %: the gateway has not taken this step over yet; the commit is not there yet'],
    ],
    [
      'another one is waited for',
      { confirmedAt: null },
      { answer: answering({ waiting: [{ version: 1, digest: version(1).digest, reason: 'x' }] }) },
      ['v2 at canary 5 %: the gateway has not taken this step over yet'],
    ],
    [
      'loading',
      {},
      { answer: answering({ loaded: [version(1)] }) },
      ['v2 at canary 5 %: the gateway is still loading it'],
    ],
    [
      'staging asks for no request',
      { phase: 'staging', step: 0, stepRequests: 0 },
      {},
      ['v2: staging → shadow (loaded, digest verified)'],
    ],
    ['held by a person', { held: { reason: 'wait', by: 'ana' } }, {}, ['Held at canary 5 % by ana: wait']],
    [
      'what the guardrails and the outcomes say is told beside',
      { stepRequests: 99, guardrailStates: [guardrail({})], outcomeNote: 'outcomes: 3 counted' },
      {},
      ['v2 at canary 5 %: 99 of 100 requests', 'error-rate: pass', 'outcomes: 3 counted'],
    ],
    [
      'of no request no guardrail says anything',
      { stepRequests: 0, guardrailStates: [guardrail({})] },
      {},
      ['v2 at canary 5 %: 0 of 100 requests'],
    ],
    [
      'inconclusive blocks',
      { guardrailStates: [guardrail({ verdict: 'inconclusive' }), guardrail({ guardrail: 'latency' })] },
      {},
      ['v2 at canary 5 %: error-rate: inconclusive', 'error-rate: inconclusive', 'latency: pass'],
    ],
    [
      'no data blocks',
      { guardrailStates: [guardrail({ verdict: 'no-data', guardrail: 'latency' })] },
      {},
      ['v2 at canary 5 %: latency: no-data', 'latency: no-data'],
    ],
    [
      'no outcomes block nothing, and that is said',
      { guardrailStates: [guardrail({ verdict: 'no-data', guardrail: 'outcome' })] },
      {},
      ['v2: canary 5 % → canary 50 % (100 requests in 1h, no guardrail objects, outcome without enough data to judge)'],
    ],
    [
      'inconclusive outcomes block',
      { guardrailStates: [guardrail({ verdict: 'inconclusive', guardrail: 'outcome' })] },
      {},
      ['v2 at canary 5 %: outcome: inconclusive', 'outcome: inconclusive'],
    ],
  ])('%s', (_what, more, given, sentences) => {
    expect(said(rollout(more), given)).toEqual(sentences)
  })

  test('is held for a person at its maximum, and waits a millisecond before', () => {
    const of = rollout({ stepRequests: 0 })
    const day = 24 * HOUR
    expect(said(of, { now: START + day - 1 })).toEqual(['v2 at canary 5 %: 0 of 100 requests'])
    const held = step(of, { now: START + day })
    expect(held.sentences).toEqual(['Hold v2 at canary 5 %: after 24h still 0 of 100 requests (by refit)'])
    expect(held.state.rollout?.held?.by).toBe('refit')
  })

  test('is not taken from an exposure whose lease is over', () => {
    const lease = (expiresAt: number): Given => ({ effective: { expiresAt: iso(expiresAt) } as EffectiveFile })
    expect(said(rollout(), lease(START + 1))).toEqual([passes])
    expect(said(rollout(), lease(START))).toEqual([
      `v2 at canary 5 %: the exposure had ended with its lease at ${iso(START)} and begins again (set rollout.lease to more than the longest gap between runs)`,
    ])
    const shadow = rollout({ phase: 'shadow', step: 1, stepRequests: 1000 })
    expect(said(shadow, lease(START))).toEqual(['v2: shadow → canary 5 % (1,000 requests in 1h, no guardrail objects)'])
  })
})

describe('callers that cannot be compared', () => {
  const sums = { requests: 1 } as ArmSums
  const split = (candidate: number, stable: number, percent = 50) => ({
    splits: [
      {
        mode: 'canary' as const,
        percent,
        groups: [
          {
            keyed: true,
            kept: { candidate: 1, stable: 1 },
            callers: [
              ...Array.from({ length: candidate }, () => ({ candidate: sums, stable: null })),
              ...Array.from({ length: stable }, () => ({ candidate: null, stable: sums })),
            ],
          },
        ],
      },
    ],
  })
  const half = rollout({ step: 3 })
  const next = 'v2: canary 50 % → full (100 requests in 1h, no guardrail objects)'
  // Of 100 at a half the deviation is (n − 50) / 5.
  test.each<[number, number, number, string]>([
    [66, 34, 50, next],
    [
      67,
      33,
      50,
      'v2 at canary 50 %: the candidate has more callers than 50 % of them, beyond what chance does (3.4 standard deviations): the arms cannot be compared. See where the callers’ keys come from',
    ],
    [
      33,
      67,
      50,
      'v2 at canary 50 %: the candidate has fewer callers than 50 % of them, beyond what chance does (3.4 standard deviations): the arms cannot be compared. See where the callers’ keys come from',
    ],
    // The split of an earlier step.
    [67, 33, 5, next],
  ])('%d of the candidate, %d of stable at %d %%', (candidate, stable, percent, sentence) => {
    expect(said(half, { answer: answering(split(candidate, stable, percent)) })[0]).toBe(sentence)
  })

  const callers = (candidate: number, stable: number, more: Partial<GuardrailState> = {}) =>
    guardrail({ verdict: 'no-data', candidate: { n: candidate, sum: 0 }, stable: { n: stable, sum: 0 }, ...more })
  const enough = (of: GuardrailState, at: Partial<ActiveRollout> = {}): string | undefined =>
    /of [\d,]+ callers, .*$/.exec(said(rollout({ guardrailStates: [of], ...at }))[0] ?? '')?.[0]
  test.each<[GuardrailState, Partial<ActiveRollout>, string | undefined]>([
    [callers(20, 380), {}, 'of 400 callers, a canary of 13 % has 50'],
    [callers(49, 901), {}, 'of 950 callers, a canary of 6 % has 50'],
    [callers(49, 951), {}, undefined],
    [callers(0, 400), {}, undefined],
    [callers(50, 350), {}, undefined],
    [callers(5, 94), {}, undefined],
    [callers(5, 95), {}, 'of 100 callers, a canary of 50 % has 50'],
    [callers(5, 95), { step: 3 }, undefined],
    [callers(20, 380, { verdict: 'inconclusive' }), {}, undefined],
    [callers(20, 380), { phase: 'full-bake', step: 4 }, undefined],
    [callers(20, 380, { guardrail: 'latency' }), {}, 'of 400 callers, a canary of 13 % has 50'],
  ])('where more of them would do, that is said (%#)', (of, at, words) => {
    expect(enough(of, at)).toBe(words)
  })

  test('errors are asked first, for everybody can make them', () => {
    const both = [callers(20, 80, { guardrail: 'latency' }), callers(20, 380)]
    expect(said(rollout({ guardrailStates: both }))[0]).toContain('of 400 callers')
  })
})

describe('a stable version that cannot be loaded', () => {
  const broken = answering({ failed: [{ version: 1, digest: version(1).digest, reason: 'gone' }] })
  const because = 'stable v1 cannot be loaded by the gateway (gone)'
  const alone = (more: Partial<GuardrailState>): GuardrailState => guardrail({ stable: { n: 0, sum: 0 }, ...more })
  test.each<[string, GuardrailState, string | undefined]>([
    ['at the margin', alone({ candidate: { n: 50, sum: 0.5 } }), undefined],
    [
      'above it',
      alone({ candidate: { n: 50, sum: 1 } }),
      'error-rate: 0.020 without a stable version to compare with, margin 0.01',
    ],
    ['too few callers', alone({ candidate: { n: 49, sum: 0 } }), 'error-rate: 49 callers of 50'],
    ['ranks near the middle', alone({ guardrail: 'prediction-shift', candidate: { n: 50, sum: 18 } }), undefined],
    [
      'ranks above it',
      alone({ guardrail: 'prediction-shift', candidate: { n: 50, sum: 33 } }),
      'prediction-shift: 0.660 without a stable version to compare with, margin 0.15',
    ],
    [
      'ranks below it',
      alone({ guardrail: 'prediction-shift', candidate: { n: 50, sum: 17 } }),
      'prediction-shift: 0.340 without a stable version to compare with, margin 0.15',
    ],
    ['outcomes', alone({ guardrail: 'outcome', candidate: { n: 50, sum: 50 } }), undefined],
    ['what was compared before, and blocks', guardrail({ verdict: 'inconclusive' }), 'error-rate: inconclusive'],
    ['what was compared before, and does not', guardrail({}), undefined],
  ])('%s', (_what, of, objection) => {
    const sentences = said(rollout({ guardrailStates: [of] }), { answer: broken })
    const unjudged = of.verdict === 'no-data' ? `, ${of.guardrail} without enough data to judge` : ''
    expect(sentences).toEqual(
      objection === undefined
        ? [`v2: canary 5 % → canary 50 % (100 requests in 1h, no guardrail objects${unjudged}; ${because})`]
        : [`v2 at canary 5 %: ${objection}`, because, of.sentence],
    )
  })

  test('a guardrail without a margin of its own allows nothing', () => {
    const of = alone({ guardrail: 'latency', candidate: { n: 50, sum: 1 } })
    const without = rollout({ guardrailStates: [of], guardrails: [{ kind: 'error-rate', margin: 0.01 }] })
    expect(said(without, { answer: broken })[0]).toBe(
      'v2 at canary 5 %: latency: 0.020 without a stable version to compare with, margin 0',
    )
  })
})

describe('nothing can be seen', () => {
  const down = (now: number): Given => ({ answer: undefined, now })
  const since = { blindSince: iso(START) }
  test.each<[string, Partial<ActiveRollout>, number, string]>([
    [
      'callers depend on it',
      {},
      START,
      'Nothing can be seen (the gateway does not answer): v2 stays at canary 5 %; rolled back after 30m',
    ],
    [
      'a millisecond before',
      since,
      START + 30 * MINUTE - 1,
      'Nothing can be seen (the gateway does not answer): v2 stays at canary 5 %; rolled back after 30m',
    ],
    [
      'for too long',
      since,
      START + 30 * MINUTE,
      'Roll back v2, all traffic to v1: the gateway could not be watched for 30m while callers depend on the candidate (the gateway does not answer)',
    ],
    [
      'no caller depends on it',
      { phase: 'shadow', step: 1, ...since },
      START + 24 * HOUR - 1,
      'Nothing can be seen (the gateway does not answer): v2 stays at shadow',
    ],
    [
      'not beyond the maximum',
      { phase: 'shadow', step: 1, ...since },
      START + 24 * HOUR,
      'Hold v2 at shadow: after 24h the gateway still cannot be watched (the gateway does not answer). Start it or correct its address (rollout.gateway.url), then resume (by refit)',
    ],
    [
      'held already',
      { phase: 'shadow', step: 1, held: { reason: 'x', by: 'y' } },
      START + 24 * HOUR,
      'Nothing can be seen (the gateway does not answer): v2 stays at shadow',
    ],
  ])('%s', (_what, more, now, sentence) => {
    expect(said(rollout(more), down(now))).toEqual([sentence])
  })

  test('the version is not quarantined for it, and the trouble is named', () => {
    const step_ = step(rollout(since), { ...down(START + 30 * MINUTE), trouble: 'its clock is wrong' })
    expect(step_.state.quarantine).toEqual([])
    expect(step_.sentences[0]).toContain('(its clock is wrong)')
  })
})
