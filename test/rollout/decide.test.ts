import { describe, expect, test } from 'vitest'
import { decide } from '../../src/rollout/decide.ts'
import type { EvidenceAnswer, EvidenceWindow } from '../../src/rollout/types.ts'
import { HOUR, MINUTE, START, World, config, healthy, version, wants } from './world.ts'

const by = 'ana'

/** A world with v1 stable and v2 merged, brought to a stage. */
function rollingOut(phase: string, percent?: number, overrides = {}): World {
  const world = World.promoted(overrides)
  world.desired = wants(2)
  return world.until(phase, percent)
}

describe('a healthy rollout', () => {
  test('goes staging → shadow → canary → full → promoted, one step a tick, and ends with all traffic on the new version', () => {
    const world = World.promoted()
    world.desired = wants(2)
    const seen: string[] = []
    for (let i = 0; (i < 30 && world.phase !== 'promoted') || i === 0; i++) {
      world.pass(61).tick()
      const at = `${world.phase} ${world.effective?.percent}`
      if (seen.at(-1) !== at) seen.push(at)
    }
    expect(seen).toEqual(['staging 0', 'shadow 0', 'canary 5', 'canary 50', 'full-bake 100', 'promoted 0'])
    expect(world.state.stable).toEqual(version(2))
    expect(world.effective).toMatchObject({ stable: version(2), candidate: null, mode: 'stable', expiresAt: null })
  })

  test('keeps the old version as stable in the effective file until the very end', () => {
    const world = rollingOut('full-bake')
    expect(world.effective).toMatchObject({ stable: version(1), candidate: version(2), percent: 100, mode: 'canary' })
  })

  test('begins in the environment of today’s configuration, and ends in it', () => {
    const world = World.promoted()
    const inEurope = { ...world.config, environment: 'europe' }
    const start = decide({
      state: world.state,
      desired: wants(2),
      config: inEurope,
      evidence: world.answer(),
      trouble: undefined,
      effective: world.effective,
      command: undefined,
      now: world.now,
    })
    expect(start.state).toMatchObject({ environment: 'europe', rollout: { phase: 'staging' } })
    expect(start.effective?.environment).toBe('europe')
    const next = { ...start, desired: wants(2), trouble: undefined, command: undefined, now: world.now + HOUR }
    expect(decide({ ...next, config: world.config, evidence: world.answer() }).state.environment).toBe('europe')
  })

  test('the first version goes from staging straight to stable: there is nothing to compare it with', () => {
    const world = new World()
    world.desired = wants(1)
    world.tick()
    expect(world.effective).toMatchObject({ stable: null, candidate: version(1), mode: 'staging', percent: 0 })
    world.tick()
    expect(world.state.stable).toEqual(version(1))
    expect(world.effective).toMatchObject({ stable: version(1), mode: 'stable' })
  })

  test('a first version that cannot be loaded is withdrawn and never served', () => {
    const world = new World()
    world.desired = wants(1)
    world.tick()
    world.failed = [{ ...version(1), reason: 'weights.bin was changed' }]
    const decision = world.tick()
    expect(decision.sentences[0]).toContain('weights.bin was changed')
    expect(world.effective).toMatchObject({ stable: null, candidate: null, mode: 'stable' })
    world.tick()
    expect(world.state.quarantine).toEqual([version(1).digest])
    expect(world.tick().sentences.join()).toContain('not rolled out again')
  })

  test('after a gap as long as the lease allows a tick takes one step, not several', () => {
    const world = rollingOut('canary', 5)
    world.pass(115).tick()
    expect(world.effective?.percent).toBe(50)
  })

  test('from an exposure that has lapsed no step is taken: it begins again, and only time under a lease counts', () => {
    const stages = config.stages.map((stage) =>
      stage.kind === 'canary' && stage.percent === 50 ? { ...stage, for: 4 * HOUR } : stage,
    )
    const world = rollingOut('canary', 50, { stages })
    const decision = world.pass(6 * 60).tick()
    expect(world.effective?.percent).toBe(50)
    expect(decision.sentences[0]).toContain('had ended with its lease')
    expect(world.exposure).toBe(50) // renewed
    world.pass(60).tick()
    expect(world.decisions.at(-1)?.sentences[0]).toMatch(/: (2h 5[89]m|3h) of 4h$/)
    world.pass(50).tick()
    expect(world.effective?.percent).toBe(50)
    world.pass(12).tick()
    expect(world.phase).toBe('full-bake')
  })

  test('a lease that is always shorter than the time between two ticks is told, and held at the maximum', () => {
    const world = rollingOut('canary', 5)
    for (let i = 0; i < 9; i++) world.pass(180).tick()
    expect(world.effective?.percent).toBe(5)
    expect(world.state.rollout?.held?.reason).toContain('set rollout.lease')
  })

  test('a tick that learns nothing changes nothing, not even an object', () => {
    const world = rollingOut('canary', 5)
    world.pass(10).tick()
    const { state, effective } = world
    const again = decide({ state, effective, desired: wants(2), config, evidence: world.answer(), now: world.now })
    expect(again.state).toBe(state)
    expect(again.effective).toBe(effective)
  })
})

describe('the verdict table', () => {
  const harms = [
    ['error-rate', { ...healthy, errors: 0.08 }],
    ['latency', { ...healthy, slow: 0.5 }],
    ['prediction-shift', { ...healthy, rank: 0.85 }],
    ['prediction-shift', { ...healthy, rank: 0.15 }],
    ['outcome', { ...healthy, loss: 0.5 }],
  ] as const

  test.each(harms)('FAIL: %s harm rolls a canary back at once', (guardrail, harmful) => {
    const world = rollingOut('canary', 5)
    world.candidate = harmful
    const decision = world.pass(61).tick()
    expect(world.phase).toBe('rolling-back')
    expect(world.effective).toMatchObject({ stable: version(1), candidate: null, percent: 0, mode: 'stable' })
    expect(decision.sentences[0]).toContain(guardrail)
    expect(world.state.quarantine).toEqual([version(2).digest])
    expect(decision.state.todo.map((action) => action.kind)).toEqual(['deployment', 'revert', 'alert'])
    world.tick()
    expect(world.phase).toBe('rolled-back')
  })

  test('FAIL in shadow: a harmful candidate never answers a caller', () => {
    const world = World.promoted()
    world.desired = wants(2)
    world.candidate = { ...healthy, rank: 0.95 }
    world.until('rolling-back')
    expect(Math.max(...world.decisions.map((decision) => decision.effective?.percent ?? 0))).toBe(0)
  })

  test('FAIL in the bake at 100 %: the old version is still warm and takes over', () => {
    const world = rollingOut('full-bake')
    world.candidate = { ...healthy, errors: 0.2 }
    world.pass(5).tick()
    expect(world.effective).toMatchObject({ stable: version(1), percent: 0 })
  })

  test('NO_DATA extends the step, and at its maximum it is held, never passed', () => {
    const world = rollingOut('canary', 5)
    world.requestsPerMinute = 0
    world.pass(120).tick()
    expect(world.effective?.percent).toBe(5)
    world.now += 24 * HOUR
    const decision = world.tick()
    expect(world.state.rollout?.held?.by).toBe('refit')
    expect(decision.sentences[0]).toContain('0 of 100 requests')
    expect(decision.state.todo.map((action) => action.kind)).toContain('alert')
    world.now += 24 * HOUR
    world.tick()
    expect(world.effective?.percent).toBe(5)
  })

  test.each(['error-rate', 'latency', 'prediction-shift'] as const)(
    'NO_DATA of %s alone holds a candidate although all others pass',
    (guardrail) => {
      const guardrails = config.guardrails.filter(({ kind }) => kind === guardrail || kind === 'outcome')
      const world = rollingOut('canary', 5, { guardrails })
      const rollout = world.state.rollout
      const pass = (kind: string) => ({ verdict: kind === guardrail ? ('no-data' as const) : ('pass' as const) })
      const answer = { ...world.answer(), windows: [] }
      const states = rollout?.guardrailStates.map((state) => ({ ...state, ...pass(state.guardrail) })) ?? []
      const ready = { stepRequests: 5000, exposedMs: 2 * HOUR, confirmedAt: new Date(world.now).toISOString() }
      const at = (guardrailStates: typeof states) =>
        decide({
          state: { ...world.state, rollout: rollout && { ...rollout, ...ready, guardrailStates } },
          effective: world.effective,
          desired: wants(2),
          config: world.config,
          evidence: answer,
          now: world.now,
        }).state.rollout?.step
      expect(at(states)).toBe(rollout?.step)
      expect(at(states.map((state) => ({ ...state, verdict: 'pass' as const })))).toBe((rollout?.step ?? 0) + 1)
    },
  )

  test.each([
    // time in force, requests of the candidate, whether the step ends
    [HOUR, 100, true],
    [HOUR - 1, 100, false],
    [HOUR, 99, false],
  ])('a step with %i ms in force and %i requests ends: %s', (exposedMs, stepRequests, ends) => {
    const world = rollingOut('canary', 5)
    const rollout = world.state.rollout
    const guardrailStates = rollout?.guardrailStates.map((state) => ({ ...state, verdict: 'pass' as const })) ?? []
    const counted = { exposedMs, stepRequests, guardrailStates, confirmedAt: new Date(world.now).toISOString() }
    const decision = decide({
      state: { ...world.state, rollout: rollout && { ...rollout, ...counted } },
      effective: world.effective,
      desired: wants(2),
      config: world.config,
      evidence: { ...world.answer(), windows: [] },
      now: world.now,
    })
    expect(decision.effective?.percent).toBe(ends ? 50 : 5)
  })

  test('NO_DATA of outcomes alone blocks nothing: labels may take months', () => {
    const world = World.promoted()
    world.stable = world.candidate = { ...healthy, loss: null }
    world.desired = wants(2)
    world.until('promoted')
    expect(world.state.stable).toEqual(version(2))
    // … but it is told.
    expect(world.decisions.at(-1)?.sentences[0]).toContain('outcome without enough data to judge')
  })

  test('too few callers pass nothing: said with the share that would be enough, and held at the maximum', () => {
    const world = rollingOut('canary', 5)
    world.requestsPerMinute = 8 // callers of one request each: 24 of the candidate in an hour
    const decision = world.pass(60).tick()
    expect(world.effective?.percent).toBe(5)
    expect(decision.sentences[0]).toContain('cannot tell from 24 callers')
    expect(decision.sentences[0]).toContain('a canary of 16 % has 50')
    world.requestsPerMinute = 0
    world.now += 24 * HOUR
    world.tick()
    expect(world.state.rollout?.held?.by).toBe('refit')
    expect(world.effective?.percent).toBe(5)
  })

  test('a split that chance does not explain passes nothing, and hides no harm', () => {
    const world = rollingOut('canary', 5)
    world.pass(61)
    const skewed = (errors: number) => {
      const [split] = world.answer().splits
      const [group] = split?.groups ?? []
      const callers = (group?.callers ?? []).map((caller, i) =>
        i % 2 === 0 || caller.stable === null
          ? caller
          : { stable: null, candidate: { ...caller.stable, errors: i % 4 === 1 ? errors : 0 } },
      )
      return { ...world.answer(), splits: [{ ...split, groups: [{ ...group, callers }] }] } as EvidenceAnswer
    }
    const input = { state: world.state, effective: world.effective, desired: wants(2), config, now: world.now }
    const healthyOne = decide({ ...input, evidence: skewed(0) })
    expect(healthyOne.effective?.percent).toBe(5)
    expect(healthyOne.sentences[0]).toContain('the arms cannot be compared')
    expect(decide({ ...input, evidence: skewed(1) }).effective?.percent).toBe(0)
  })

  test('INCONCLUSIVE: above the margin without proof waits, and at the maximum asks a person', () => {
    const world = rollingOut('canary', 5)
    world.requestsPerMinute = 40 // 2 requests a minute for the candidate
    world.candidate = { ...healthy, errors: 0.5, rank: 0.5 }
    world.stable = { ...healthy, errors: 0.45 }
    world.pass(90).tick()
    expect(world.phase).toBe('canary')
    expect(world.effective?.percent).toBe(5)
    expect(world.decisions.at(-1)?.sentences.join()).toContain('not proven')
    world.now += 24 * HOUR
    world.tick()
    expect(world.state.rollout?.held?.reason).toContain('not proven')
  })

  test('a shift that stable sees as well is the traffic’s: told, and not the candidate’s', () => {
    const world = rollingOut('canary', 5)
    world.candidate = { ...healthy, rank: 0.8 }
    world.stable = { ...healthy, rank: 0.82 }
    const decision = world.pass(50).tick()
    expect(decision.sentences.join()).toContain('the traffic has changed')
    world.pass(20).tick()
    expect(world.effective?.percent).toBe(50)
  })

  test.each(['staging', 'shadow'] as const)(
    'ERROR while nothing is exposed waits, and at the maximum of %s a person is told why',
    (phase) => {
      const world = World.promoted()
      world.desired = wants(2)
      world.tick()
      world.until(phase)
      world.source = 'down'
      world.trouble = 'the gateway at models.example.com does not answer (ECONNREFUSED)'
      const since = Date.parse(world.state.rollout?.maxFrom ?? '')
      world.now = since + 24 * HOUR - 1
      world.tick()
      expect(world.state.rollout?.held).toBeNull()
      world.now = since + 24 * HOUR
      const decision = world.tick()
      expect(world.phase).toBe(phase)
      expect(world.state.rollout?.held).toMatchObject({ by: 'refit' })
      const alert = decision.state.todo.find(({ kind }) => kind === 'alert')
      expect(alert).toMatchObject({ sentence: expect.stringContaining(world.trouble) as string })
      expect(world.tick().state.todo).toEqual([]) // once
      world.source = 'up'
      world.pass(1).tick({ kind: 'resume', by })
      expect(world.until('promoted').state.stable).toEqual(version(2))
    },
  )

  test('a gateway that answers and never takes the step over is held as well', () => {
    const world = rollingOut('shadow')
    world.following = false
    world.pass(61).tick()
    world.now += 25 * HOUR
    world.tick()
    world.now += 25 * HOUR
    world.tick()
    expect(world.state.rollout?.held?.reason).toContain('has not taken this step over')
  })

  test('ERROR while exposed never advances, and rolls back after the blind timeout without blaming the version', () => {
    const world = rollingOut('canary', 50)
    world.source = 'down'
    world.now += 3 * HOUR
    world.tick()
    expect(world.effective?.percent).toBe(50)
    world.now += 29 * MINUTE
    world.tick()
    expect(world.phase).toBe('canary')
    world.now += 2 * MINUTE
    world.tick()
    expect(world.effective?.percent).toBe(0)
    expect(world.phase).toBe('rolling-back')
    expect(world.state.quarantine).toEqual([])
    world.source = 'up'
    world.tick()
    world.tick()
    expect(world.phase).toBe('rolled-back') // and not started again by itself
    world.tick({ kind: 'resume', by })
    expect(world.phase).toBe('staging')
  })

  test('ERROR that passes leaves no trace', () => {
    const world = rollingOut('canary', 5)
    world.source = 'down'
    world.tick()
    expect(world.state.rollout?.blindSince).not.toBeNull()
    world.source = 'up'
    world.pass(5).tick()
    expect(world.state.rollout?.blindSince).toBeNull()
  })

  test('NaN, infinite, impossible and misplaced windows are not counted', () => {
    const world = rollingOut('canary', 5)
    const base = world.answer()
    const start = Math.ceil(world.now / MINUTE) * MINUTE
    const minute = (from: number, requests: Partial<EvidenceWindow['requests']>, exposed = MINUTE): EvidenceWindow => ({
      start: from,
      end: from + MINUTE,
      exposed,
      requests: { stable: 0, candidate: 0, shadow: 0, ...requests },
      refused: 0,
    })
    const bad = [
      minute(start, { candidate: Number.NaN }),
      minute(start + MINUTE, { candidate: -5 }),
      minute(start + 2 * MINUTE, { candidate: 500 }, 2 * MINUTE),
      minute(start + 3 * MINUTE, { candidate: 500 }, Number.NaN),
      { ...minute(start, { candidate: 500 }), start: Number.NaN, end: Infinity },
      minute(START, { candidate: 500 }),
    ]
    const impossible = { requests: 1, errors: 900, slow: 0, ranks: 0, rankSum: 0, outcomes: 0, lossSum: 0 }
    const callers = Array.from({ length: 100 }, () => ({ stable: null, candidate: impossible }))
    const kept = { stable: 1, candidate: 1 }
    const splits = [{ mode: 'canary', percent: 5, groups: [{ keyed: true, kept, callers }] }] as const
    const decision = decide({
      state: world.state,
      effective: world.effective,
      desired: wants(2),
      config,
      evidence: { ...base, windows: bad, splits, now: start + HOUR },
      now: start + HOUR,
    })
    expect(decision.state.rollout?.phase).toBe('canary')
    expect(decision.state.rollout).toMatchObject({ stepRequests: 0, exposedMs: 0 })
  })

  test('a window is counted once, however often it is read', () => {
    const world = rollingOut('canary', 5)
    world.pass(10).tick()
    const requests = world.state.rollout?.stepRequests
    expect(requests).toBe(500)
    world.tick()
    world.tick()
    expect(world.state.rollout?.stepRequests).toBe(500)
  })

  test('evidence counts from when the gateway took the step over, not from when it was decided', () => {
    const world = rollingOut('canary', 5)
    world.following = false
    world.pass(61).tick()
    expect(world.effective?.percent).toBe(50)
    world.pass(120).tick()
    expect(world.state.rollout).toMatchObject({ confirmedAt: null, stepRequests: 0 })
    expect(world.decisions.at(-1)?.sentences[0]).toContain('not taken this step over')
  })
})

describe('outcomes', () => {
  const tally = { since: START, waiting: 4, matched: 0, unmatched: 0, rejected: 0 }
  const rest = { evicted: 0, expired: 0, replaced: 0, unmirrored: 0, lost: 0 }
  test.each([
    ['that nobody sends are no loss', { ...tally, ...rest, expired: 90_000 }, null],
    ['that all found their prediction are told', { ...tally, ...rest, matched: 1200 }, 'outcomes: 1,200 counted'],
    [
      'that found none, and predictions that were forgotten before, are told with the reason',
      { ...tally, matched: 5, unmatched: 3, rejected: 1, evicted: 7, expired: 1, replaced: 0, unmirrored: 2, lost: 1 },
      'outcomes: 5 counted, 3 of no remembered prediction, 1 with a label that the model does not know; 8 predictions forgotten before an outcome came (7 for want of room, 1 after 24 h); 2 requests not mirrored, because too many waited; 1 record lost when the gateway stopped',
    ],
  ])('%s', (_, outcomes, note) => {
    const world = rollingOut('canary', 5)
    world.outcomes = outcomes
    const decision = world.pass(5).tick()
    expect(world.state.rollout?.outcomeNote).toBe(note)
    if (note !== null) expect(decision.sentences).toContain(note)
  })
})

describe('a person', () => {
  test('holds: the percentage stays while the guardrails go on', () => {
    const world = rollingOut('canary', 5)
    world.tick({ kind: 'hold', reason: 'board meeting', by })
    for (let i = 0; i < 3; i++) world.pass(61).tick()
    expect(world.effective?.percent).toBe(5)
    expect(world.decisions.at(-1)?.sentences[0]).toContain('board meeting')
    world.candidate = { ...healthy, errors: 0.5 }
    world.pass(61).tick()
    expect(world.effective?.percent).toBe(0)
  })

  test('resumes: the rollout goes on with the evidence it has', () => {
    const world = rollingOut('canary', 5)
    world.tick({ kind: 'hold', reason: 'x', by })
    world.pass(61).tick()
    world.tick({ kind: 'resume', by })
    expect(world.effective?.percent).toBe(5)
    world.tick()
    expect(world.effective?.percent).toBe(50)
  })

  test('resumes: the maximum counts from then, so that it is not held again at once', () => {
    const world = rollingOut('canary', 5)
    world.requestsPerMinute = 0
    world.now += 25 * HOUR
    world.tick() // the lease had lapsed, and the maximum is over
    expect(world.state.rollout?.held?.by).toBe('refit')
    world.tick({ kind: 'resume', by })
    for (let i = 0; i < 23; i++) world.pass(60).tick()
    expect(world.state.rollout?.held).toBeNull()
    world.pass(120).tick()
    expect(world.state.rollout?.held?.by).toBe('refit')
  })

  test('advances one step without the evidence, but not past a gateway that cannot be watched', () => {
    const world = rollingOut('canary', 5)
    world.requestsPerMinute = 0
    world.tick({ kind: 'advance', reason: 'tested by hand', by })
    expect(world.effective?.percent).toBe(50)
    world.source = 'down'
    expect(world.tick({ kind: 'advance', by }).refused).toContain('does not answer')
  })

  test('rolls a running rollout back, before anything else is looked at', () => {
    const world = rollingOut('canary', 50)
    world.desired = { kind: 'invalid', reason: 'is no valid JSON' }
    const decision = world.tick({ kind: 'rollback', reason: 'calls from\n\ncustomers', by })
    expect(decision.sentences[0]).toContain('rolled back by ana: calls from customers')
    expect(world.effective?.percent).toBe(0)
    expect(world.state.quarantine).toEqual([version(2).digest])
  })

  test('asks for a rollback once more, or after the machine: what was wanted is so already', () => {
    const world = rollingOut('canary', 50)
    world.following = false
    world.tick({ kind: 'rollback', reason: 'complaints', by })
    const decision = world.tick({ kind: 'rollback', reason: 'again', by: 'bo' })
    expect(world.phase).toBe('rolling-back')
    expect(decision.refused).toBeUndefined()
    expect(decision.sentences.at(-1)).toBe('v2 is rolled back already (rolled back by ana: complaints)')
    expect(decision.state.todo).toEqual([])
    world.following = true
    world.pass(1).tick()
    world.pass(1).tick()
    expect(world.phase).toBe('rolled-back')
    expect(world.tick({ kind: 'rollback', reason: 'again', by }).sentences.at(-1)).toContain('is rolled back already')
    world.desired = wants(1)
    expect(world.tick({ kind: 'rollback', reason: 'again', by }).refused).toContain('nothing to roll back')
  })

  test('holds in the same words again: nothing changes; in other words, those stand', () => {
    const world = rollingOut('canary', 5)
    world.tick({ kind: 'hold', reason: 'x', by })
    const { state } = world
    expect(world.tick({ kind: 'hold', reason: 'x', by }).state).toBe(state)
    world.tick({ kind: 'hold', reason: 'y', by })
    expect(world.state.rollout?.held).toEqual({ reason: 'y', by })
  })

  test('what was asked for is noted with what came of it; a tick that learns nothing notes nothing', () => {
    const world = rollingOut('canary', 5)
    world.tick()
    const input = { desired: world.desired, config: world.config, evidence: world.answer(), now: world.now }
    const before = { state: world.state, effective: world.effective }
    const hold = decide({
      ...input,
      ...before,
      command: { kind: 'hold', reason: 'x', by },
      operation: 'comment/1/0/hold',
    })
    expect(hold.state.operations).toEqual([{ id: 'comment/1/0/hold', sentence: 'Hold v2 at canary 5 %: x (by ana)' }])
    const quiet = decide({ ...input, ...before, operation: 'comment/2/0/rollout' })
    expect(quiet.state).toBe(world.state)
    const refused = decide({ ...input, ...before, command: { kind: 'resume', by }, operation: 'comment/3/0/resume' })
    expect(refused.state.operations).toEqual([])
    const many = Array.from({ length: 60 }, (_, i) => ({ id: String(i), sentence: '' }))
    const full = { ...before, state: { ...world.state, operations: many } }
    const kept = decide({ ...input, ...full, command: { kind: 'hold', reason: 'x', by }, operation: 'new' }).state
      .operations
    expect([kept.length, kept[0]?.id, kept.at(-1)?.id]).toEqual([50, 'new', '48'])
  })

  test('takes back a version that was promoted already', () => {
    const world = rollingOut('promoted')
    const decision = world.tick({ kind: 'rollback', reason: 'complaints', by })
    expect(world.effective).toMatchObject({ stable: version(1), candidate: null, mode: 'stable' })
    expect(decision.state.todo).toContainEqual(
      expect.objectContaining({ kind: 'revert', from: version(1), to: version(2) }),
    )
    world.tick()
    expect(world.phase).toBe('rolled-back')
    world.tick()
    expect(world.phase).toBe('rolled-back')
    expect(world.state.stable).toEqual(version(1))
  })

  test.each([
    ['hold', 'nothing to hold'],
    ['resume', 'nothing to resume'],
    ['advance', 'nothing to advance'],
    ['rollback', 'first version'],
  ] as const)('is told why %s cannot be done', (kind, words) => {
    const world = World.promoted()
    const { state, effective } = world
    const decision = world.tick({ kind, reason: 'x', by })
    expect(decision.refused).toContain(words)
    expect(decision.state).toBe(state)
    expect(decision.effective).toBe(effective)
  })
})

describe('what is wanted changes under way', () => {
  test('a newer version stops the rollout, waits for stable to have all traffic, and starts from the last promoted', () => {
    const world = rollingOut('canary', 50)
    world.desired = wants(3)
    world.following = false
    world.tick()
    expect(world.phase).toBe('superseded')
    expect(world.effective).toMatchObject({ stable: version(1), candidate: null, percent: 0 })
    world.tick()
    expect(world.phase).toBe('superseded') // the gateway has not confirmed
    world.following = true
    world.pass(1).tick()
    world.pass(1).tick()
    expect(world.state.rollout).toMatchObject({ phase: 'staging', from: version(1), to: version(3), step: 0 })
    expect(world.state.quarantine).toEqual([])
  })

  test('the pull request reverted mid-rollout: traffic to stable, and that is all', () => {
    const world = rollingOut('canary', 5)
    world.desired = wants(1)
    world.tick()
    expect(world.effective?.percent).toBe(0)
    world.tick()
    world.tick()
    expect(world.phase).toBe('superseded')
    expect(world.decisions.at(-1)?.sentences).toEqual(['v1 is stable and has all traffic'])
  })

  test('a manifest that cannot be read takes the candidate out; repaired, it starts again from the beginning', () => {
    const world = rollingOut('canary', 50)
    world.desired = { kind: 'invalid', reason: 'is no valid JSON' }
    world.tick()
    expect(world.effective?.percent).toBe(0)
    world.desired = wants(2)
    world.tick()
    expect(world.state.rollout).toMatchObject({ phase: 'staging', step: 0 })
  })

  test('a new version while rolling back waits for the rollback', () => {
    const world = rollingOut('canary', 50)
    world.following = false
    world.tick({ kind: 'rollback', reason: 'x', by })
    world.desired = wants(3)
    world.tick()
    expect(world.phase).toBe('rolling-back')
    world.now += 3 * HOUR // past the lease: whoever serves treats the exposure as over
    world.tick()
    expect(world.state.rollout).toMatchObject({ phase: 'staging', to: version(3), from: version(1) })
  })

  test('a quarantined digest is never rolled out again', () => {
    const world = rollingOut('canary', 5)
    world.tick({ kind: 'rollback', reason: 'x', by })
    for (let i = 0; i < 5; i++) world.pass(61).tick()
    expect(world.phase).toBe('rolled-back')
    expect(world.tick({ kind: 'resume', by }).refused).toContain('quarantined')
    world.desired = wants(1)
    world.tick()
    world.desired = wants(2)
    world.pass(61).tick()
    expect(world.effective).toMatchObject({ candidate: null, stable: version(1) })
  })

  test('a candidate that fails to load later on is rolled back', () => {
    const world = rollingOut('canary', 5)
    world.failed = [{ ...version(2), reason: 'model.json is missing' }]
    world.tick()
    expect(world.state.rollout?.outcome).toContain('model.json is missing')
    expect(world.effective?.percent).toBe(0)
  })

  const lostStable = [{ ...version(1), reason: 'weights.bin is missing' }]

  test('a stable version that cannot be loaded holds no healthy candidate back, and is said', () => {
    const world = rollingOut('canary', 5)
    world.failed = lostStable
    world.stableAnswers = false
    world.candidate = { ...healthy, errors: 0, slow: 0 }
    world.until('promoted')
    expect(world.state.stable).toEqual(version(2))
    expect(world.decisions.at(-1)?.sentences[0]).toContain(
      'stable v1 cannot be loaded by the gateway (weights.bin is missing)',
    )
  })

  test.each([
    ['errors', { ...healthy, errors: 0.02 }],
    ['slow answers', { ...healthy, slow: 0.06 }],
    ['shifted scores', { ...healthy, rank: 0.66 }],
  ])(
    'without a stable version to compare with, %s beyond the margin keep the candidate where it is',
    (_, candidate) => {
      const world = rollingOut('canary', 5)
      world.failed = lostStable
      world.stableAnswers = false
      world.candidate = candidate
      for (let i = 0; i < 5; i++) world.pass(61).tick()
      expect(world.state.rollout?.step).toBe(2)
    },
  )

  test('without a stable version to compare with, a step still needs its requests', () => {
    const world = rollingOut('canary', 5)
    world.failed = lostStable
    world.stableAnswers = false
    world.requestsPerMinute = 0
    world.pass(120).tick()
    expect(world.state.rollout?.step).toBe(2)
  })

  test('a stable version that is loaded and has no callers is waited for: there will be something to compare with', () => {
    const world = rollingOut('canary', 5)
    world.stableAnswers = false
    world.candidate = { ...healthy, errors: 0, slow: 0 }
    world.pass(120).tick()
    expect(world.state.rollout?.step).toBe(2)
  })

  test('a person advances past a stable version that cannot be loaded', () => {
    const world = rollingOut('canary', 5)
    world.failed = lostStable
    world.stableAnswers = false
    world.tick({ kind: 'advance', by })
    expect(world.effective?.percent).toBe(50)
    world.tick({ kind: 'advance', by })
    world.tick({ kind: 'advance', by })
    expect(world.state.stable).toEqual(version(2))
  })

  test('a candidate whose commit the gateway does not have yet is waited for, not quarantined', () => {
    const world = World.promoted()
    world.desired = wants(2)
    world.tick()
    world.unread = [{ ...version(2), reason: 'the commit 2 of v2 is not here yet' }]
    const decision = world.pass(5).tick()
    expect(world.phase).toBe('staging')
    expect(decision.sentences[0]).toContain('is not here yet')
    expect(world.state.quarantine).toEqual([])
    world.unread = []
    expect(world.until('promoted').state.stable).toEqual(version(2))
  })

  test('a stable version that cannot be loaded is said when the rollback needs it', () => {
    const world = rollingOut('canary', 5)
    world.tick({ kind: 'rollback', reason: 'x', by })
    world.failed = [{ ...version(1), reason: 'weights.bin is missing' }]
    const decision = world.tick()
    expect(world.phase).toBe('rollback-failed')
    expect(decision.sentences[0]).toContain('weights.bin is missing')
    world.failed = []
    world.tick()
    expect(world.phase).toBe('rolled-back')
  })

  test('an effective file edited by hand is written again, with a newer generation', () => {
    const world = rollingOut('canary', 5)
    const { effective } = world
    world.effective = effective && { ...effective, percent: 90 }
    const decision = world.pass(1).tick()
    expect(world.effective?.percent).toBe(5)
    expect(world.effective?.generation).toBeGreaterThan(effective?.generation ?? 0)
    expect(decision.sentences.join()).toContain('written again')
  })
})

describe('time and lease', () => {
  test('time never goes backwards: a clock that jumps ten minutes back changes no timer', () => {
    const world = rollingOut('canary', 5)
    world.pass(30).tick()
    const before = world.state.rollout?.updatedAt
    world.now -= 10 * MINUTE
    world.tick({ kind: 'hold', reason: 'x', by })
    expect(Date.parse(world.state.rollout?.updatedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(before ?? ''))
  })

  test('exposure carries a lease that ticks renew; without ticks it ends by itself', () => {
    const world = rollingOut('canary', 5)
    world.tick({ kind: 'hold', reason: 'x', by })
    for (let i = 0; i < 4; i++) {
      world.pass(61).tick()
      expect(world.exposure).toBe(5)
    }
    world.now += 3 * HOUR
    expect(world.exposure).toBe(0)
  })

  test('the lease is not renewed while nobody can watch', () => {
    const world = rollingOut('canary', 5, { 'blind-timeout': 48 * HOUR })
    const lease = world.effective?.expiresAt
    world.source = 'down'
    world.now += 90 * MINUTE
    world.tick()
    expect(world.effective?.expiresAt).toBe(lease)
  })
})
