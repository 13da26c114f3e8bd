import { describe, expect, test } from 'vitest'
import { RefitError } from '../../src/core/error.ts'
import { silentLog } from '../../src/core/log.ts'
import type { Forge } from '../../src/forge/forge.ts'
import { runActions } from '../../src/rollout/actions.ts'
import { compareCallers, isPossible, splitDeviation } from '../../src/rollout/callers.ts'
import { oneLine, readCommand } from '../../src/rollout/command.ts'
import { freshGuardrails, judge } from '../../src/rollout/guardrails.ts'
import { observe } from '../../src/rollout/observe.ts'
import { outcomeNote } from '../../src/rollout/outcome-note.ts'
import { effectiveSchema, parseStateFile, stateSchema } from '../../src/rollout/state-file.ts'
import type {
  ActiveRollout,
  EvidenceAnswer,
  EvidenceSource,
  OutcomeTally,
  RolloutAction,
  RolloutState,
  SplitEvidence,
} from '../../src/rollout/types.ts'
import { EvidenceStore } from '../../src/serving/evidence-store.ts'
import { inCanary, MINUTE, START, config, stateOf, sumsOf, version, wants } from './world.ts'

const iso = (time: number): string => new Date(time).toISOString()

describe('a guardrail before there is anything to compare', () => {
  const rule = { threshold: 5, alpha: 0.01, objective: 250 }
  const none = { n: 0, sum: 0 }
  const nothing = { values: [], above: () => 0, below: () => 0 }

  test('starts with nothing observed', () => {
    expect(freshGuardrails([{ kind: 'outcome', margin: 0.1 }])).toEqual([
      {
        guardrail: 'outcome',
        logE: 0,
        candidate: none,
        stable: none,
        verdict: 'no-data',
        sentence: 'outcome: nothing observed yet',
      },
    ])
  })

  test.each([
    ['error-rate', none, { n: 60, sum: 1 }, 'error-rate: no requests of the candidate yet'],
    ['error-rate', { n: 60, sum: 1 }, none, 'error-rate: no requests of stable yet'],
    ['outcome', none, none, 'outcome: no outcomes of the candidate yet'],
    ['prediction-shift', none, none, 'prediction-shift: no predictions of the candidate yet'],
  ] as const)('%s says which arm is missing', (kind, candidate, stable, sentence) => {
    expect(judge({ kind, margin: 0.1 }, { ...nothing, candidate, stable }, rule)).toEqual({
      guardrail: kind,
      logE: 0,
      candidate,
      stable,
      verdict: 'no-data',
      sentence,
    })
  })

  test.each([
    [Math.log(1e6), 'odds 1,000,000 to one'],
    [Math.log(1e6) + 0.001, 'odds above a million to one'],
    [5, 'odds 148 to one'],
  ])('log E %d is said as %s', (logE, words) => {
    const seen = {
      candidate: { n: 60, sum: 30 },
      stable: { n: 60, sum: 0 },
      values: [0.5],
      above: () => logE,
      below: () => 0,
    }
    const judged = judge({ kind: 'error-rate', margin: 0.01 }, seen, rule)
    expect(judged).toMatchObject({ verdict: 'fail', logE })
    expect(judged.sentence.endsWith(words)).toBe(true)
  })
})

describe('callers', () => {
  const split = (candidate: number[], stable: number[], more: Partial<SplitEvidence> = {}): SplitEvidence =>
    ({
      mode: 'canary',
      percent: 50,
      groups: [
        {
          kept: { candidate: 1, stable: 1 },
          callers: [
            ...candidate.map((errors) => ({ candidate: sumsOf(10, errors), stable: null })),
            ...stable.map((errors) => ({ candidate: null, stable: sumsOf(10, errors) })),
          ],
        },
      ],
      ...more,
    }) as SplitEvidence

  test('of one arm only cannot be compared, and are counted all the same', () => {
    const found = compareCallers('error-rate', [split([1, 3], [])])
    expect(found).toMatchObject({ candidate: { n: 2, sum: 0.4 }, stable: { n: 0, sum: 0 }, values: [] })
    expect([found.above(0, 5), found.below(0, 5)]).toEqual([0, 0])
  })

  test('of a group with one arm only take nothing from the others', () => {
    const one = split([0, 10], [0, 0])
    const both = { ...one, groups: [...one.groups, ...split([10], []).groups] }
    expect(compareCallers('error-rate', [both])).toMatchObject({
      candidate: { n: 2, sum: 1 },
      stable: { n: 2, sum: 0 },
      values: [0, 1],
    })
    // A level that is divided among one part is the same with the other one there.
    expect(compareCallers('error-rate', [both]).above(0, 3)).toBeCloseTo(
      compareCallers('error-rate', [one]).above(0, 3),
      9,
    )
  })

  test('are averaged over the parts that can be compared', () => {
    const [bad, good] = [
      split(Array<number>(60).fill(10), Array<number>(60).fill(0)),
      split(Array<number>(60).fill(0), Array<number>(60).fill(0)),
    ]
    const groups = [...bad.groups, ...good.groups]
    const each = [bad, good].map((one) => compareCallers('error-rate', [one]).above(0.01, 3 + Math.log(2)))
    const together = compareCallers('error-rate', [{ ...bad, groups }]).above(0.01, 3)
    expect(together).toBeCloseTo(Math.log((Math.exp(each[0] as number) + Math.exp(each[1] as number)) / 2), 6)
  })

  test('whose errors outnumber their requests have a value of 1 at most', () => {
    expect(compareCallers('error-rate', [split([30], [0])]).values).toEqual([1])
  })

  test.each([
    [sumsOf(1, 1), true],
    [sumsOf(1, 1.1), false],
    [sumsOf(-1, 0), false],
    [sumsOf(1, -0.1), false],
    [sumsOf(Number.NaN, 0), false],
    [sumsOf(Infinity, 1), false],
    [sumsOf(0, 0), true],
    [{ ...sumsOf(1, 0), ranks: 1, rankSum: 1.1 }, false],
    [{ ...sumsOf(1, 0), outcomes: 1, lossSum: 2 }, false],
    [{ ...sumsOf(1, 0), slow: 2 }, false],
  ])('%j are possible: %s', (of, possible) => {
    expect(isPossible(of)).toBe(possible)
  })

  test('away from the split are told in standard deviations', () => {
    // 60 of 100 at a half: ten above fifty, in units of √25.
    expect(splitDeviation(split(Array<number>(60).fill(0), Array<number>(40).fill(0)))).toBeCloseTo(2, 12)
    expect(splitDeviation(split(Array<number>(40).fill(0), Array<number>(60).fill(0)))).toBeCloseTo(-2, 12)
    expect(splitDeviation(split([0], [], { percent: 100 }))).toBe(0)
    expect(splitDeviation(split([], []))).toBe(0)
  })
})

type Query = Parameters<EvidenceSource['read']>[0]

describe('what is asked of the gateway', () => {
  const asked: Query[] = []
  const answer = (now: number): EvidenceAnswer => ({
    now,
    generation: 1,
    rolloutId: 'r1',
    serving: null,
    loaded: [],
    failed: [],
    windows: [],
    objective: null,
    splits: [],
  })
  const look = (of: RolloutState | undefined, { now = START, hasVersion = true, rules = config } = {}) => {
    asked.length = 0
    const evidence = {
      read: (query: Query) => {
        asked.push(query)
        return Promise.resolve(answer(now))
      },
    }
    return observe({ model: 'churn', config: rules, evidence, clock: () => START, log: silentLog }, of, hasVersion)
  }

  test('nothing where no answer can matter', async () => {
    const idle = [
      stateOf(),
      stateOf({ rollout: inCanary({ phase: 'promoted' }) }),
      stateOf({ rollout: inCanary({ phase: 'rolled-back' }) }),
    ]
    for (const one of idle) expect(await look(one)).toEqual({ evidence: 'none' })
    expect(await look(undefined, { hasVersion: false })).toEqual({ evidence: 'none' })
    expect(asked).toEqual([])
  })

  test.each([
    ['a rollout under way', stateOf({ rollout: inCanary() })],
    ['a rollback that the gateway has yet to confirm', stateOf({ rollout: inCanary({ phase: 'rolling-back' }) })],
    ['a rollback that failed', stateOf({ rollout: inCanary({ phase: 'rollback-failed' }) })],
    [
      'an exposure that has not ended',
      stateOf({ rollout: inCanary({ phase: 'superseded', exposedUntil: iso(START) }) }),
    ],
    ['no state, but a version', undefined],
  ])('with %s it is asked', async (_, of) => {
    expect(await look(of)).toMatchObject({ evidence: { now: START } })
    expect(asked).toHaveLength(1)
  })

  test.each([
    [{ evidenceUntil: iso(START + 90_000), confirmedAt: iso(START) }, START + MINUTE],
    [{ confirmedAt: iso(START + 2 * MINUTE) }, START + 2 * MINUTE],
    [{ stepStartedAt: iso(START - 1) }, START - MINUTE],
  ])('from the window that was read last, else from the step: %j', async (more, from) => {
    await look(stateOf({ rollout: inCanary(more) }))
    expect(asked).toEqual([
      { model: 'churn', rolloutId: 'r1', from, to: from + 24 * 60 * MINUTE, step: MINUTE, objective: 250 },
    ])
  })

  test('after a gap longer than a gateway keeps anything, from what it still has: the evidence does not stand still', async () => {
    const store = new EvidenceStore()
    const origin = { split: null, caller: { sample: 1, keyed: true } }
    store.observe('stable', origin, START - 2 * MINUTE, { failed: false, ms: 1, ranks: [] })
    const since = iso(START - 72 * 60 * MINUTE)
    for (const more of [{ evidenceUntil: since }, { confirmedAt: since }, { stepStartedAt: since }]) {
      await look(stateOf({ rollout: inCanary(more) }))
      const [query] = asked
      expect(query && store.windows({ ...query, now: START })).toMatchObject([{ start: START - 2 * MINUTE }])
    }
  })

  test('without a latency guardrail slow is what is slow for stable', async () => {
    await look(stateOf({ rollout: inCanary() }), {
      rules: { ...config, guardrails: [{ kind: 'error-rate', margin: 0.01 }] },
    })
    expect(asked[0]?.objective).toBe('relative')
  })

  test.each([
    [10 * MINUTE, undefined],
    [
      10 * MINUTE + 1,
      'the gateway’s clock is 10m ahead of this run’s (at most 10m are allowed), so its evidence is not used',
    ],
    [-10 * MINUTE, undefined],
    [
      -11 * MINUTE,
      'the gateway’s clock is 11m behind this run’s (at most 10m are allowed), so its evidence is not used',
    ],
  ])('a clock that is %d ms away', async (apart, trouble) => {
    const found = await look(stateOf({ rollout: inCanary() }), { now: START + apart })
    expect('trouble' in found ? found.trouble.replaceAll(/ 0s/g, '') : undefined).toBe(trouble)
  })
})

describe('what people are told', () => {
  const calls: (readonly [string, unknown])[] = []
  /** Records what is asked of it; a network is not needed to see that. */
  const forge = (refuse: Readonly<Record<string, RefitError>> = {}): Forge =>
    new Proxy({} as Forge, {
      get:
        (_, name: string) =>
        (...args: unknown[]) => {
          calls.push([name, args.length === 1 ? args[0] : args])
          return refuse[name] ? Promise.reject(refuse[name]) : Promise.resolve({ id: 70 + calls.length })
        },
    })
  const run = async (todo: readonly RolloutAction[], more: Partial<RolloutState> = {}, refuse = {}, options = {}) => {
    calls.length = 0
    return runActions(forge(refuse), stateOf({ rollout: inCanary(), todo, ...more }), options)
  }
  const create: RolloutAction = { kind: 'create-deployment', version: version(2), sentence: 'v2 begins' }
  const status = (kind: 'in_progress' | 'success', sentence = 'told'): RolloutAction => ({
    kind: 'deployment',
    state: kind,
    sentence,
  })

  test('a deployment is created with a pointer, and begins where nothing follows it', async () => {
    const { state: after } = await run([create])
    expect(calls).toEqual([
      [
        'createDeployment',
        {
          ref: version(2).commit,
          environment: 'production',
          description: 'churn v2',
          production: true,
          payload: { model: 'churn', rolloutId: 'r1', version: '2' },
        },
      ],
      ['deploymentStatus', [71, { state: 'in_progress', description: 'v2 begins' }]],
    ])
    expect(after).toMatchObject({ deploymentId: 71, todo: [] })
    await run([create, status('success')])
    expect(calls.map(([name]) => name)).toEqual(['createDeployment', 'deploymentStatus'])
  })

  test('of several statuses the last is told, and a success ends the deployment before', async () => {
    const before = { deploymentId: 8, stableDeploymentId: 7 }
    const { state: after } = await run(
      [status('in_progress'), status('success')],
      before,
      {},
      { runUrl: 'https://x/1' },
    )
    expect(calls).toEqual([
      ['deploymentStatus', [8, { state: 'success', description: 'told', logUrl: 'https://x/1' }]],
      ['deploymentStatus', [7, { state: 'inactive', description: 'told' }]],
    ])
    expect(after.stableDeploymentId).toBe(8)
    await run([status('success')], { deploymentId: 8, stableDeploymentId: 8 })
    expect(calls).toHaveLength(1)
    await run([status('in_progress')], before)
    expect(calls).toHaveLength(1)
  })

  test('of a deployment that never was is nothing told; of one that is still to be created it waits', async () => {
    expect(await run([status('success')], { deploymentId: null })).toMatchObject({ warnings: [], state: { todo: [] } })
    expect(calls).toEqual([])
    const down = { createDeployment: new RefitError('forge', 'GitHub answers 502') }
    const { state: after, warnings } = await run([create, status('success')], { deploymentId: null }, down)
    expect(after.todo).toEqual([create, status('success')])
    expect(warnings).toEqual([
      'the deployment could not be created, the next tick tries again: GitHub answers 502',
      'the deployment status could not be set, the next tick tries again: there is no deployment yet',
    ])
  })

  test('what the token may not write is given up for deployments only', async () => {
    const no = new RefitError('permission', 'deployments: write is missing')
    const refused = await run([create], {}, { createDeployment: no })
    expect(refused).toMatchObject({
      warnings: ['the deployment could not be created: deployments: write is missing'],
      state: { todo: [] },
    })
    const set = await run([status('success')], { deploymentId: 8 }, { deploymentStatus: no })
    expect(set).toMatchObject({
      warnings: ['the deployment status could not be set: deployments: write is missing'],
      state: { todo: [] },
    })
    const alert: RolloutAction = { kind: 'alert', title: 'rolled back', sentence: 'v2 was *bad*' }
    expect((await run([alert], {}, { upsertIssue: no })).state.todo).toEqual([alert])
  })

  test('an error that is none of ours is not swallowed', async () => {
    await expect(run([create], {}, { createDeployment: new TypeError('x') as never })).rejects.toThrow(TypeError)
  })

  test('an alert is one issue a model, opened and closed; none where it is switched off', async () => {
    const alert = (kind: 'alert' | 'close-alert'): RolloutAction => ({
      kind,
      title: 'rolled back',
      sentence: 'v2 was *bad*',
    })
    await run([alert('alert')], {}, {}, { runUrl: 'https://x/1' })
    expect(calls).toEqual([
      [
        'upsertIssue',
        {
          marker: '<!-- refit-rollout:churn -->',
          title: 'rolled back',
          body: 'v2 was \\*bad\\*\n\nThe audit trail is the history of the branch `refit/state/churn`; `refit status` shows where the rollout stands.\n\n[Run](https://x/1)\n',
          state: 'open',
        },
      ],
    ])
    await run([alert('close-alert')])
    expect(calls[0]?.[1]).toMatchObject({ state: 'closed' })
    expect(calls[0]?.[1]).not.toMatchObject({ body: expect.stringContaining('[Run]') as string })
    expect((await run([alert('alert')], {}, {}, { alerts: false })).state.todo).toEqual([])
    expect(calls).toEqual([])
  })

  test.each([
    [140, 140],
    [141, 140],
  ])('a sentence of %d characters is a description of %d', async (length, shown) => {
    await run([status('success', 'x'.repeat(length))], { deploymentId: 8 })
    const description = length > shown ? `${'x'.repeat(shown - 1)}…` : 'x'.repeat(shown)
    expect(calls).toEqual([['deploymentStatus', [8, { state: 'success', description }]]])
  })
})

describe('a person’s command', () => {
  const ask = (kind: 'rollback' | 'hold' | 'resume' | 'advance', of: RolloutState, more = {}) =>
    readCommand({
      command: { kind, by: 'ana', reason: 'why' },
      state: of,
      desired: wants(2),
      answer: undefined,
      ...more,
    } as never)
  const ended = (more: Partial<ActiveRollout> = {}) =>
    inCanary({ phase: 'rolled-back', outcome: 'it was bad', ...more })

  test.each([
    [
      'rollback',
      stateOf(),
      { refused: 'there is nothing to roll back: no rollout is under way and none was promoted last' },
    ],
    ['rollback', stateOf({ rollout: inCanary() }), { rollback: { reason: 'why', by: 'ana' } }],
    [
      'rollback',
      stateOf({ stable: version(2), rollout: inCanary({ phase: 'promoted' }) }),
      { rollback: { reason: 'why', by: 'ana' } },
    ],
    [
      'rollback',
      stateOf({ stable: version(2), rollout: inCanary({ phase: 'promoted', from: null }) }),
      { refused: 'v2 is the first version: there is none to roll back to' },
    ],
    ['rollback', stateOf({ rollout: ended() }), { already: 'v2 is rolled back already (it was bad)' }],
    [
      'rollback',
      stateOf({ rollout: ended({ outcome: null }) }),
      { already: 'v2 is rolled back already (no reason noted)' },
    ],
    ['hold', stateOf(), { refused: 'there is nothing to hold: no rollout is under way' }],
    ['hold', stateOf({ rollout: inCanary() }), { hold: { reason: 'why', by: 'ana' } }],
    ['resume', stateOf(), { refused: 'there is nothing to resume: no rollout is held' }],
    ['resume', stateOf({ rollout: inCanary() }), { refused: 'the rollout is not held' }],
    ['resume', stateOf({ rollout: inCanary({ held: { reason: 'x', by: 'y' } }) }), { resume: { by: 'ana' } }],
    [
      'resume',
      stateOf({ rollout: inCanary({ phase: 'promoted' }) }),
      { refused: 'there is nothing to resume: no rollout is held' },
    ],
    ['resume', stateOf({ rollout: ended() }), { resume: { by: 'ana' } }],
    ['resume', stateOf({ rollout: ended({ phase: 'rollback-failed' }) }), { resume: { by: 'ana' } }],
    [
      'resume',
      stateOf({ rollout: ended(), quarantine: [version(2).digest] }),
      { refused: 'v2 was rolled back (it was bad) and its digest is quarantined' },
    ],
    [
      'resume',
      stateOf({ rollout: ended({ to: version(3) }) }),
      { refused: 'v3 is no longer what the default branch asks for' },
    ],
    ['advance', stateOf(), { refused: 'there is nothing to advance: no rollout is under way' }],
    [
      'advance',
      stateOf({ rollout: inCanary() }),
      { refused: 'the gateway does not answer: a candidate nobody can watch is not exposed further' },
    ],
  ] as const)('%s is followed or refused with an answer (%#)', (kind, of, asked) => {
    expect(ask(kind, of as RolloutState)).toEqual(asked)
  })

  test('advances only what the gateway has loaded', () => {
    const answer = (n: number) => ({ answer: { loaded: [version(n)] } })
    expect(ask('advance', stateOf({ rollout: inCanary() }), answer(1))).toEqual({
      refused: 'the gateway has not loaded v2 yet',
    })
    expect(ask('advance', stateOf({ rollout: inCanary() }), answer(2))).toEqual({
      advance: { reason: 'why', by: 'ana' },
    })
  })

  test('is one line of at most 300 characters', () => {
    expect(oneLine(' a\n\tb\u2028c\u0000 ')).toBe('a b c')
    expect(oneLine('x'.repeat(300))).toBe('x'.repeat(300))
    expect(oneLine('x'.repeat(301))).toBe(`${'x'.repeat(300)}…`)
  })
})

describe('what became of outcomes', () => {
  const none: OutcomeTally = {
    since: START,
    waiting: 0,
    matched: 0,
    unmatched: 0,
    rejected: 0,
    evicted: 0,
    expired: 0,
    replaced: 0,
    unmirrored: 0,
    lost: 0,
  }
  test.each([
    [{}, undefined],
    // Nobody sends any: that predictions are forgotten is no news.
    [{ evicted: 4, expired: 5 }, undefined],
    [{ matched: 1200 }, 'outcomes: 1,200 counted'],
    [{ unmatched: 1 }, 'outcomes: 1 of no remembered prediction'],
    [{ rejected: 1 }, 'outcomes: 1 with a label that the model does not know'],
    [
      { matched: 3, unmatched: 2, rejected: 1, evicted: 1, expired: 2, replaced: 3 },
      'outcomes: 3 counted, 2 of no remembered prediction, 1 with a label that the model does not know; 6 predictions forgotten before an outcome came (1 for want of room, 2 after 24 h, 3 because their id came again)',
    ],
    [{ unmirrored: 1 }, '1 request not mirrored, because too many waited'],
    [{ lost: 2 }, '2 records lost when the gateway stopped'],
  ])('%j', (some, note) => {
    expect(outcomeNote({ ...none, ...some })).toBe(note)
  })
})

describe('a state file', () => {
  const whole = stateOf({
    rollout: inCanary(),
    todo: [{ kind: 'alert', title: 't', sentence: 's' }],
    operations: [{ id: 'o', sentence: 's' }],
  })
  const read = (value: unknown) =>
    parseStateFile(stateSchema, JSON.stringify(value), {
      branch: 'refit/state/churn',
      path: 'state.json',
      model: 'churn',
    })

  test('is read as it was written, from text and from bytes', () => {
    expect(read(whole)).toEqual(whole)
    expect(
      parseStateFile(stateSchema, new TextEncoder().encode(JSON.stringify(whole)), {
        branch: 'b',
        path: 'state.json',
        model: 'churn',
      }),
    ).toEqual(whole)
  })

  test('of an earlier version begins to count its step anew', () => {
    const { looks: _l, exposedMs: _e, outcomeNote: _o, ...early } = inCanary()
    const { operations: _, ...before } = whole
    expect(
      read({
        ...before,
        rollout: {
          ...early,
          guardrailStates: early.guardrailStates.map((one) => ({
            ...one,
            candidate: { ...one.candidate, sumSquares: 4 },
          })),
        },
      }),
    ).toEqual({
      ...whole,
      operations: [],
      rollout: { ...early, looks: 0, exposedMs: 0 },
    })
  })

  test.each([
    [
      'rollout.stages.1.requests',
      { rollout: inCanary({ stages: [config.stages[0], { kind: 'shadow', for: 0, requests: -1 }] as never }) },
    ],
    ['rollout.stages.0.for', { rollout: inCanary({ stages: [{ kind: 'staging', for: -1, requests: 0 }] }) }],
    [
      'rollout.stages.0.percent',
      { rollout: inCanary({ stages: [{ kind: 'canary', percent: 99.5, for: 0, requests: 0 }] }) },
    ],
    [
      'rollout.stages.0.percent',
      { rollout: inCanary({ stages: [{ kind: 'canary', percent: 0, for: 0, requests: 0 }] }) },
    ],
    ['rollout.stages', { rollout: inCanary({ stages: [] }) }],
    ['rollout.id', { rollout: inCanary({ id: '' }) }],
    ['rollout.step', { rollout: inCanary({ step: -1 }) }],
    ['rollout.looks', { rollout: inCanary({ looks: -1 }) }],
    ['rollout.startedAt', { rollout: inCanary({ startedAt: 'soon' }) }],
    ['stable.version', { stable: { ...version(1), version: 0 } }],
    ['stable.digest', { stable: { ...version(1), digest: 'md5:1' } }],
    ['stable.commit', { stable: { ...version(1), commit: 'main' } }],
    ['generation', { generation: -1 }],
    ['schemaVersion', { schemaVersion: 2 }],
  ])('with a wrong %s is refused at that place', (field, change) => {
    expect(() => read({ ...whole, ...change })).toThrow(`state.json on refit/state/churn is not valid: ${field}: `)
  })

  test('that is no object at all is refused as a whole, with the way out', () => {
    expect(() => read([])).toThrow('state.json on refit/state/churn is not valid: the file: ')
    try {
      read('x')
    } catch (error) {
      expect(error).toMatchObject({ code: 'rollout', place: { file: 'refit/state/churn:state.json' } })
      expect((error as RefitError).hint).toContain('last good commit')
    }
  })

  test.each([
    [0, true],
    [100, true],
    [101, false],
    [-1, false],
  ])('an effective file with %d percent is read: %s', (percent, fine) => {
    const file = {
      schemaVersion: 1,
      model: 'churn',
      environment: 'production',
      generation: 0,
      stable: null,
      candidate: null,
      rolloutId: null,
      mode: 'canary',
      percent,
      expiresAt: null,
    }
    const attempt = () =>
      parseStateFile(effectiveSchema, JSON.stringify(file), { branch: 'b', path: 'effective.json', model: 'churn' })
    if (fine) expect(attempt()).toEqual(file)
    else expect(attempt).toThrow('effective.json on b is not valid: percent: ')
  })
})
