import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RolloutState } from '../../src/rollout/types.ts'
import { World, healthy, version, wants, HOUR, MINUTE } from './world.ts'

/** Anything that can happen to a rollout between two ticks. */
type Event =
  | { readonly kind: 'pass'; readonly minutes: number }
  | { readonly kind: 'gap'; readonly minutes: number }
  | { readonly kind: 'clock'; readonly minutes: number }
  | { readonly kind: 'source'; readonly source: 'up' | 'down' }
  | { readonly kind: 'following'; readonly following: boolean }
  | { readonly kind: 'traffic'; readonly perMinute: number }
  | { readonly kind: 'harm'; readonly errors: number; readonly rank: number }
  | { readonly kind: 'merge'; readonly version: number }
  | { readonly kind: 'break-manifest' }
  | { readonly kind: 'unloadable'; readonly version: number }
  | { readonly kind: 'command'; readonly command: 'hold' | 'resume' | 'rollback' }
  | { readonly kind: 'edit'; readonly percent: number }

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes: fc.integer({ min: 20, max: 90 }) }),
  },
  fc.record({ kind: fc.constant('gap' as const), minutes: fc.integer({ min: 1, max: 2000 }) }),
  fc.record({ kind: fc.constant('clock' as const), minutes: fc.integer({ min: -10, max: 10 }) }),
  fc.record({ kind: fc.constant('source' as const), source: fc.constantFrom('up' as const, 'down' as const) }),
  fc.record({ kind: fc.constant('following' as const), following: fc.boolean() }),
  fc.record({ kind: fc.constant('traffic' as const), perMinute: fc.constantFrom(0, 3, 50, 1000) }),
  fc.record({
    kind: fc.constant('harm' as const),
    errors: fc.constantFrom(0.01, 0.01, 0.3),
    rank: fc.constantFrom(0.5, 0.5, 0.95),
  }),
  fc.record({ kind: fc.constant('merge' as const), version: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('break-manifest' as const) }),
  fc.record({ kind: fc.constant('unloadable' as const), version: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    kind: fc.constant('command' as const),
    command: fc.constantFrom('hold' as const, 'resume' as const, 'rollback' as const),
  }),
  fc.record({ kind: fc.constant('edit' as const), percent: fc.integer({ min: 0, max: 100 }) }),
)

function apply(world: World, what: Event): Parameters<World['tick']>[0] {
  switch (what.kind) {
    case 'pass':
      world.pass(what.minutes)
      return undefined
    case 'gap':
      world.now += what.minutes * MINUTE
      return undefined
    case 'clock':
      world.now += what.minutes * MINUTE
      return undefined
    case 'source':
      world.source = what.source
      return undefined
    case 'following':
      world.following = what.following
      return undefined
    case 'traffic':
      world.requestsPerMinute = what.perMinute
      return undefined
    case 'harm':
      world.candidate = { ...healthy, errors: what.errors, rank: what.rank }
      return undefined
    case 'merge':
      world.desired = wants(what.version)
      return undefined
    case 'break-manifest':
      world.desired = { kind: 'invalid', reason: 'is no valid JSON' }
      return undefined
    case 'unloadable':
      world.failed = [{ ...version(what.version), reason: 'weights.bin is missing' }]
      return undefined
    case 'command':
      return { kind: what.command, reason: 'because', by: 'ana' }
    case 'edit':
      if (world.effective) world.effective = { ...world.effective, percent: what.percent }
      return undefined
  }
}

const ORDER = ['staging', 'shadow', 'canary', 'canary', 'full-bake']

test('whatever happens: no stage is skipped, nothing rises while held or blind, harm always means percent 0', () => {
  const reached: Record<string, number> = {}
  fc.assert(
    fc.property(fc.array(event, { minLength: 10, maxLength: 60 }), (events) => {
      const world = World.promoted()
      world.desired = wants(2)
      for (const what of events) {
        const before = { state: world.state, percent: percentMeant(world) }
        const decision = world.tick(apply(world, what))
        reached[world.phase] = (reached[world.phase] ?? 0) + 1
        expect(decision.refused === undefined ? broken(before, world) : []).toEqual([])
      }
    }),
    { numRuns: 400, seed: 7 },
  )
  // The law would hold trivially if nothing ever got anywhere.
  expect(Object.keys(reached).filter((phase) => (reached[phase] ?? 0) > 20)).toEqual(
    expect.arrayContaining(['canary', 'full-bake', 'promoted', 'rolling-back', 'rolled-back', 'superseded']),
  )
})

/** The laws that a step has broken. */
function broken(before: { readonly state: RolloutState; readonly percent: number }, world: World): readonly string[] {
  const [was, is] = [before.state.rollout, world.state.rollout]
  const effective = world.effective
  const percent = effective?.percent ?? 0
  const step = is?.step ?? 0
  const same = is !== null && was !== null && is.id === was.id && is.startedAt === was.startedAt
  const laws: readonly (readonly [law: string, holds: boolean])[] = [
    ['one step forward at most, and only in the same rollout', same ? step - was.step <= 1 : step === 0],
    ['exposed only in the phase of its step', percent === 0 || is?.phase === ORDER[step]],
    ['exposed only beside a stable version', percent === 0 || effective?.stable != null],
    ['exposed only with a lease', percent === 0 || effective?.expiresAt != null],
    [
      'promoted only from the bake',
      is?.phase !== 'promoted' || was?.phase === 'promoted' || was?.phase === 'full-bake',
    ],
    ['never up while held', !was?.held || percent <= before.percent],
    ['never up while nobody can watch', world.source === 'up' || percent <= before.percent],
    ['harm means stable', percent === 0 || !is?.guardrailStates.some(({ verdict }) => verdict === 'fail')],
    ['an unreadable manifest means stable', percent === 0 || world.desired.kind !== 'invalid'],
    ['no quarantined digest anywhere', !world.state.quarantine.includes(effective?.candidate?.digest ?? '')],
    ['generations count up', world.state.generation >= before.state.generation],
    ['time goes forward', !same || Date.parse(is.updatedAt) >= Date.parse(was.updatedAt)],
  ]
  return laws.filter(([, holds]) => !holds).map(([law]) => law)
}

function percentMeant(world: World): number {
  const stage = world.state.rollout?.stages[world.state.rollout.step]
  const exposed = world.phase === 'canary' || world.phase === 'full-bake'
  if (!exposed || !stage) return 0
  return stage.kind === 'canary' ? stage.percent : 100
}

test('whatever happens: deciding twice on the same input changes nothing the second time', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 25 }), (events) => {
      const world = World.promoted()
      world.desired = wants(2)
      for (const what of events) world.tick(apply(world, what))
      world.source = 'down'
      for (let i = 0; i < 4; i++) world.tick()
      const { state, effective } = world
      const again = world.tick()
      expect(again.effective).toBe(effective)
      expect(again.state).toEqual(state)
    }),
    { numRuns: 150, seed: 11 },
  )
})

test('a healthy rollout with steady ticks always ends promoted, however little each tick sees', () => {
  fc.assert(
    // Up to nearly the lease; at 5 % of 40 requests a minute, 50 callers take most of an hour.
    fc.property(fc.integer({ min: 5, max: 115 }), fc.integer({ min: 40, max: 2000 }), (minutes, perMinute) => {
      const world = World.promoted()
      world.desired = wants(2)
      world.requestsPerMinute = perMinute
      for (let i = 0; i < 400 && (world.phase !== 'promoted' || world.state.stable?.version !== 2); i++) {
        world.pass(minutes).tick()
      }
      expect(world.state.stable).toEqual(version(2))
      expect(world.now).toBeGreaterThan(HOUR)
    }),
    { numRuns: 30, seed: 3 },
  )
})
