import { describe, expect, test } from 'vitest'
import { freshGuardrails } from '../../src/rollout/guardrails.ts'
import { settle } from '../../src/rollout/settle.ts'
import { advance, hold, MACHINE, rollBack, rollBackPromoted, start, supersede } from '../../src/rollout/transitions.ts'
import type {
  ActiveRollout,
  EffectiveFile,
  EvidenceAnswer,
  RolloutAction,
  RolloutState,
} from '../../src/rollout/types.ts'
import { answering, config, inCanary, START, stateOf, version, wants } from './world.ts'

const iso = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z')
const title = 'Rollout of churn needs attention'
const earlier: RolloutAction = { kind: 'close-alert', title, sentence: 'left over' }

/** One in the middle of its plan, where every field has a value of its own. */
const rollout = (more: Partial<ActiveRollout> = {}): ActiveRollout =>
  inCanary({
    startedAt: iso(START - 5000),
    stepStartedAt: iso(START - 4000),
    held: { reason: 'x', by: 'y' },
    pending: { kind: 'apply', opId: 'o' },
    guardrailStates: [],
    evidenceUntil: iso(START - 3000),
    looks: 7,
    exposedMs: 8,
    stepRequests: 9,
    ticks: 10,
    updatedAt: iso(START - 2000),
    maxFrom: iso(START - 1000),
    confirmedAt: iso(START - 500),
    ...more,
  })
const state = (more: Partial<RolloutState> = {}): RolloutState => stateOf({ generation: 6, todo: [earlier], ...more })
const deployment = (
  status: (RolloutAction & { kind: 'deployment' })['state'],
  sentence: string,
): RolloutAction & { kind: 'deployment' } => ({ kind: 'deployment', state: status, sentence })
const present = { expiresAt: iso(START + 60_000) } as EffectiveFile

describe('a step of the machine', () => {
  test('start: everything from the beginning, and a deployment to be created after what is left over', () => {
    const before = state({ deploymentId: 4 })
    const begun = start(before, version(2), config, START)
    const sentence = 'Start the rollout of v2 over v1: staging, the gateway loads and verifies it'
    expect(begun.rollout).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      phase: 'staging',
      step: 0,
      from: version(1),
      to: version(2),
      stages: config.stages,
      guardrails: config.guardrails,
      startedAt: iso(START),
      stepStartedAt: iso(START),
      held: null,
      pending: null,
      blindSince: null,
      guardrailStates: freshGuardrails(config.guardrails),
      evidenceUntil: null,
      looks: 0,
      exposedMs: 0,
      stepRequests: 0,
      ticks: 0,
      updatedAt: iso(START),
      maxFrom: iso(START),
      confirmedAt: null,
      exposedUntil: null,
      outcome: null,
    })
    expect(begun.state).toEqual({
      ...before,
      rollout: begun.rollout,
      deploymentId: null,
      todo: [earlier, { kind: 'create-deployment', version: version(2), sentence }],
    })
    expect(begun.sentences).toEqual([sentence])
    expect(start(state({ stable: null }), version(1), config, START).sentences).toEqual([
      'Start with v1, the first version: staging, the gateway loads and verifies it',
    ])
  })

  test('advance: one step, and all that was counted begins again', () => {
    const of = rollout()
    const sentence = 'v2: canary 5 % → canary 50 % (why)'
    expect(advance(state(), of, START, 'why')).toEqual({
      sentences: [sentence],
      state: state({
        rollout: {
          ...of,
          step: 3,
          held: null,
          stepStartedAt: iso(START),
          maxFrom: iso(START),
          confirmedAt: null,
          evidenceUntil: null,
          looks: 0,
          exposedMs: 0,
          stepRequests: 0,
          guardrailStates: freshGuardrails(config.guardrails),
        },
        todo: [earlier, deployment('in_progress', sentence)],
      }),
    })
    const full = advance(state(), rollout({ step: 3 }), START, 'why')
    expect(full.state.rollout).toMatchObject({ phase: 'full-bake', step: 4 })
  })

  test.each([
    ['after the last stage', version(1), 4, 'Promote v2 to stable in place of v1 (why)'],
    ['from any stage where nothing serves yet', null, 2, 'Promote v2 to stable as the first version (why)'],
  ])('advance %s is the promotion', (_where, stable, step, sentence) => {
    const of = rollout({ step })
    expect(advance(state({ stable }), of, START, 'why')).toEqual({
      sentences: [sentence],
      state: state({
        stable: version(2),
        rollout: { ...of, phase: 'promoted', held: null, outcome: sentence },
        todo: [earlier, deployment('success', sentence), { kind: 'close-alert', title, sentence }],
      }),
    })
  })

  const ended = (more: Partial<ActiveRollout>): ActiveRollout => rollout({ held: null, pending: null, ...more })

  test('rollBack: the digest is quarantined once, and the manifest is to be reverted', () => {
    const sentence = 'Roll back v2, all traffic to v1: it was bad'
    const told = [
      earlier,
      deployment('failure', sentence),
      { kind: 'revert', from: version(1), to: version(2), reason: 'it was bad' },
      { kind: 'alert', title, sentence },
    ] as const
    const expected = {
      sentences: [sentence],
      state: state({
        rollout: ended({ phase: 'rolling-back', exposedUntil: present.expiresAt, outcome: 'it was bad' }),
        quarantine: ['sha256:other', version(2).digest],
        todo: told,
      }),
    }
    const before = state({ quarantine: ['sha256:other'] })
    expect(rollBack(before, rollout(), present, 'it was bad', { quarantine: true })).toEqual(expected)
    const again = state({ quarantine: ['sha256:other', version(2).digest] })
    expect(rollBack(again, rollout(), present, 'it was bad', { quarantine: true })).toEqual(expected)
  })

  test.each<[string, RolloutState, Partial<ActiveRollout>, EffectiveFile | null, string | null, string]>([
    ['without a lease', state(), {}, null, null, 'Roll back v2, all traffic to v1: x'],
    ['in shadow', state(), { phase: 'shadow', step: 1 }, present, null, 'Roll back v2, all traffic to v1: x'],
    [
      'of the first version',
      state({ stable: null }),
      {},
      present,
      iso(START + 60_000),
      'Withdraw v2, no version serves: x',
    ],
  ])('rollBack %s, not for the version’s own fault: no quarantine, no revert', (_, of, more, file, until, sentence) => {
    const step = rollBack(of, rollout(more), file, 'x', { quarantine: false })
    expect(step.sentences).toEqual([sentence])
    expect(step.state.rollout?.exposedUntil).toBe(until)
    expect(step.state.quarantine).toEqual([])
    expect(step.state.todo.map(({ kind }) => kind)).toEqual(['close-alert', 'deployment', 'alert'])
  })

  test('rollBack of a first version quarantines it and has nothing to revert to', () => {
    const step = rollBack(state({ stable: null }), rollout(), present, 'x', { quarantine: true })
    expect(step.state.quarantine).toEqual([version(2).digest])
    expect(step.state.todo.map(({ kind }) => kind)).toEqual(['close-alert', 'deployment', 'alert'])
  })

  test('rollBackPromoted: the version before serves again, and only the gateway can confirm that', () => {
    const of = state({ stable: version(2) })
    const step = rollBackPromoted(of, rollout({ phase: 'promoted' }), 'x')
    expect(step.sentences).toEqual(['Roll back v2, all traffic to v1: x'])
    expect(step.state).toMatchObject({
      stable: version(1),
      quarantine: [version(2).digest],
      rollout: { phase: 'rolling-back', exposedUntil: '9999-12-31T23:59:59Z' },
    })
  })

  test.each<[RolloutState['stable'], Partial<ActiveRollout>, EffectiveFile | null, string | null, string]>([
    [version(1), {}, present, iso(START + 60_000), 'Stop the rollout of v2, all traffic to v1: x'],
    [version(1), { phase: 'shadow', step: 1 }, present, null, 'Stop the rollout of v2, all traffic to v1: x'],
    [null, {}, null, null, 'Stop the rollout of v2, all traffic to no version: x'],
  ])('supersede over %j: nothing is wrong with the candidate', (stable, more, file, exposedUntil, sentence) => {
    expect(supersede(state({ stable }), rollout(more), file, 'x')).toEqual({
      sentences: [sentence],
      state: state({
        stable,
        rollout: ended({ ...more, phase: 'superseded', exposedUntil, outcome: 'x' }),
        todo: [earlier, deployment('inactive', sentence)],
      }),
    })
  })

  test.each([
    ['ana', []],
    [MACHINE, [{ kind: 'alert', title, sentence: 'Hold v2 at canary 5 %: x' }]],
  ] as const)('hold by %s: a person needs no alert', (by, alerts) => {
    const sentence = 'Hold v2 at canary 5 %: x'
    expect(hold(state(), rollout({ held: null }), 'x', by)).toEqual({
      sentences: [`${sentence} (by ${by})`],
      state: state({
        rollout: rollout({ held: { reason: 'x', by } }),
        todo: [earlier, deployment('in_progress', sentence), ...alerts],
      }),
    })
  })
})

describe('a rollout that ends', () => {
  const answer = (more: Partial<EvidenceAnswer> = {}): EvidenceAnswer => answering({ generation: 6, ...more })
  const until = iso(START + 60_000)
  const broken = { failed: [{ version: 1, digest: version(1).digest, reason: 'no such file' }] }
  const cannot = 'The rollback of v2 failed: the gateway cannot load v1: no such file'
  type Row = [
    what: string,
    before: { phase: ActiveRollout['phase']; exposedUntil: string | null; stable?: null },
    answer: EvidenceAnswer | undefined,
    now: number,
    after: {
      phase: ActiveRollout['phase']
      exposedUntil: string | null
      waiting: boolean
      sentences: readonly string[]
    },
  ]
  const waits = (phase: ActiveRollout['phase'], sentence: string, exposedUntil: string | null = until) => ({
    phase,
    exposedUntil,
    waiting: true,
    sentences: [sentence],
  })
  const over = (sentence: string, phase: ActiveRollout['phase'] = 'rolled-back') => ({
    phase,
    exposedUntil: null,
    waiting: false,
    sentences: [sentence],
  })
  const confirms = 'The gateway confirms: v1 has all traffic'
  const unanswered = `Waiting until v1 has all traffic: the gateway does not answer; the lease ends at ${until}`
  test.each<Row>([
    ['confirmed', { phase: 'rolling-back', exposedUntil: until }, answer(), START, over(confirms)],
    [
      'confirmed by a later generation',
      { phase: 'rolling-back', exposedUntil: until },
      answer({ generation: 7 }),
      START,
      over(confirms),
    ],
    ['stopped, confirmed', { phase: 'superseded', exposedUntil: until }, answer(), START, over(confirms, 'superseded')],
    [
      'stopped where stable is broken',
      { phase: 'superseded', exposedUntil: until },
      answer(broken),
      START,
      over(confirms, 'superseded'),
    ],
    [
      'another version is broken',
      { phase: 'rolling-back', exposedUntil: until },
      answer({ failed: [{ version: 2, digest: version(2).digest, reason: 'x' }] }),
      START,
      over(confirms),
    ],
    [
      'confirmed, first version',
      { phase: 'rolling-back', exposedUntil: until, stable: null },
      answer(),
      START,
      over('The gateway confirms: no version has all traffic'),
    ],
    [
      'stable is broken',
      { phase: 'rolling-back', exposedUntil: until },
      answer(broken),
      START,
      waits('rollback-failed', cannot),
    ],
    [
      'still broken',
      { phase: 'rollback-failed', exposedUntil: until },
      answer(broken),
      START,
      waits('rollback-failed', 'v1 still cannot be loaded'),
    ],
    ['mended', { phase: 'rollback-failed', exposedUntil: until }, answer(), START, over(confirms)],
    [
      'not followed',
      { phase: 'rolling-back', exposedUntil: until },
      answer({ generation: 5 }),
      START + 59_999,
      waits(
        'rolling-back',
        `Waiting until v1 has all traffic: the gateway has not followed yet; the lease ends at ${until}`,
      ),
    ],
    [
      'not answering',
      { phase: 'rolling-back', exposedUntil: until },
      undefined,
      START + 59_999,
      waits('rolling-back', unanswered),
    ],
    [
      'broken, but what it has is old',
      { phase: 'rolling-back', exposedUntil: until },
      answer({ generation: 5, ...broken }),
      START,
      waits(
        'rolling-back',
        `Waiting until v1 has all traffic: the gateway has not followed yet; the lease ends at ${until}`,
      ),
    ],
    [
      'the lease is over',
      { phase: 'rolling-back', exposedUntil: until },
      undefined,
      START + 60_000,
      over(`The exposure of v2 ended with its lease at ${until}`),
    ],
    [
      'no lease',
      { phase: 'rolling-back', exposedUntil: '9999-12-31T23:59:59Z' },
      undefined,
      START,
      waits('rolling-back', 'Waiting until v1 has all traffic: the gateway does not answer', '9999-12-31T23:59:59Z'),
    ],
    [
      'never exposed',
      { phase: 'rolling-back', exposedUntil: null },
      undefined,
      START,
      over('v2 answered no caller: v1 has all traffic'),
    ],
  ])('%s', (_what, { phase, exposedUntil, stable }, given, now, { waiting, sentences, ...after }) => {
    const of = rollout({ phase, exposedUntil })
    const before = state({ rollout: of, todo: [], ...(stable === null && { stable }) })
    const settled = settle({
      state: before,
      desired: wants(1),
      config,
      evidence: given ?? 'down',
      answer: given,
      effective: null,
      now,
    })
    const alert = sentences[0] === cannot ? [{ kind: 'alert', title, sentence: cannot }] : []
    expect(settled).toEqual({ waiting, sentences, state: { ...before, rollout: { ...of, ...after }, todo: alert } })
  })

  test.each<[string, Partial<RolloutState>, number | undefined, readonly string[]]>([
    ['stable', { rollout: null }, 1, ['v1 is stable and has all traffic']],
    ['nothing asked for', { rollout: null }, undefined, ['churn has no version on the default branch yet']],
    [
      'quarantined, and why',
      { rollout: rollout({ phase: 'rolled-back', outcome: 'bad' }), quarantine: [version(2).digest] },
      2,
      ['v2 was rolled back (bad) and is not rolled out again: merge the revert pull request, or propose a new version'],
    ],
    [
      'quarantined long ago',
      { rollout: rollout({ phase: 'promoted', to: version(3) }), quarantine: [version(2).digest] },
      2,
      ['v2 was rolled back and is not rolled out again: merge the revert pull request, or propose a new version'],
    ],
    [
      'rolled back by no fault of its own',
      { rollout: rollout({ phase: 'rolled-back', outcome: 'the gateway was down' }) },
      2,
      ['v2 was rolled back (the gateway was down) and can be tried again with `refit resume`'],
    ],
    ['stopped, and asked for again', { rollout: rollout({ phase: 'superseded', outcome: 'x' }) }, 2, []],
    ['another', { rollout: rollout({ phase: 'rolled-back', outcome: 'bad' }) }, 3, []],
  ])('and stands: %s', (_what, more, desired, sentences) => {
    const before = state(more)
    const given = desired === undefined ? ({ kind: 'none' } as const) : wants(desired)
    expect(
      settle({
        state: before,
        desired: given,
        config,
        evidence: 'none',
        answer: undefined,
        effective: null,
        now: START,
      }),
    ).toEqual({
      state: before,
      waiting: false,
      sentences,
    })
  })
})
