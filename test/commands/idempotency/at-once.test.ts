import { describe, expect, test } from 'vitest'
import { readLastRun, writeLastRun } from '../../../src/commands/memory.ts'
import { failed } from '../../../src/commands/run.ts'
import { readStored } from '../../../src/rollout/state-store.ts'
import type { InProcess } from '../../support/github-emulator/in-process.ts'
import type { World } from '../../rollout/world.ts'
import { comment, forgeOf, scene, type Event, type Scene } from './rollout-world.ts'
import { bakedFully, broken, counting, exposed, ready } from './scenes.ts'

const TICK: Event = { name: 'push' }

/** Runs one thing, and another in full before its write `k`; for every `k`, each time on the same beginning. */
async function interleave(
  origin: InProcess,
  one: (emulator: InProcess) => Promise<unknown>,
  other: (emulator: InProcess) => Promise<unknown>,
  look: (emulator: InProcess) => Promise<void>,
): Promise<void> {
  const alone = origin.clone()
  void alone.disturb(() => undefined)
  await one(alone)
  expect(alone.writes).toBeGreaterThan(2)
  const writes = Array.from({ length: alone.writes }, (_, i) => i + 1)
  const at = async (k: number): Promise<void> => {
    const emulator = origin.clone()
    void emulator.disturb(async (write) => {
      if (write !== k) return undefined
      void emulator.disturb(() => undefined)
      await other(emulator)
      return undefined
    })
    await one(emulator)
    await look(emulator)
  }
  await Promise.all(writes.map(at))
}

const stored = (emulator: InProcess) => readStored(forgeOf(emulator), 'churn')
const answers = (emulator: InProcess): string[] =>
  emulator.state.comments.filter(({ body }) => body.includes('refit:answer')).map(({ body }) => body)

describe('a rollback while a tick runs', () => {
  test.each<[string, (world: World) => void]>([
    ['counts', counting],
    ['goes on to the next stage', ready],
    ['promotes', bakedFully],
    ['rolls back by itself', broken],
  ])('that %s holds, whoever is quicker', async (_what, play) => {
    const made: Scene = await scene(play)
    const asked = comment(made.emulator, '/refit rollback churn complaints')
    const tick = async (emulator: InProcess): Promise<void> =>
      expect(failed(await made.run(emulator, TICK))).toBe(false)
    const rollback = async (emulator: InProcess): Promise<void> =>
      expect(failed(await made.run(emulator, asked))).toBe(false)
    const look = async (emulator: InProcess): Promise<void> => {
      const { state, effective } = await stored(emulator)
      expect(state?.rollout).toMatchObject({ to: { version: 2 }, phase: expect.stringMatching(/^roll/) })
      expect(state?.quarantine).toEqual([state?.rollout?.to.digest])
      expect(effective).toMatchObject({ stable: { version: 1 }, candidate: null, percent: 0, mode: 'stable' })
      expect(effective?.generation).toBe(state?.generation)
      await made.run(emulator, TICK)
      const reverts = emulator.state.pulls.filter(({ head }) => head.startsWith('refit/revert/'))
      expect(reverts.map(({ state: open }) => open)).toEqual(['open'])
      expect(answers(emulator)).toEqual([expect.stringMatching(/rolled back/i)])
    }
    await interleave(made.emulator, tick, rollback, look)
    await interleave(made.emulator, rollback, tick, look)
  })
})

describe('two commands at once', () => {
  test('a rollback and a hold end in the rollback, and both are answered', async () => {
    const made = await scene(exposed)
    const [hold, rollback] = ['/refit hold churn odd', '/refit rollback churn complaints'].map((body) =>
      comment(made.emulator, body),
    ) as [Event, Event]
    for (const [one, other] of [
      [hold, rollback],
      [rollback, hold],
    ] as const) {
      await interleave(
        made.emulator,
        (emulator) => made.run(emulator, one),
        (emulator) => made.run(emulator, other),
        async (emulator) => {
          const { state, effective } = await stored(emulator)
          expect(state?.rollout?.phase).toBe('rolling-back')
          expect(effective?.percent).toBe(0)
          expect(answers(emulator)).toHaveLength(2)
        },
      )
    }
  })

  test('a hold while a tick goes on to the next stage stays held', async () => {
    const made = await scene(ready)
    const hold = comment(made.emulator, '/refit hold churn odd')
    await interleave(
      made.emulator,
      (emulator) => made.run(emulator, TICK),
      async (emulator) => expect(failed(await made.run(emulator, hold))).toBe(false),
      async (emulator) => {
        const { state, effective } = await stored(emulator)
        expect(state?.rollout).toMatchObject({ phase: 'canary', held: { reason: 'odd' } })
        await made.run(emulator, TICK)
        expect((await stored(emulator)).effective?.percent).toBe(effective?.percent)
      },
    )
  })
})

test('what a training remembers and what a rollback decides do not overwrite each other', async () => {
  const made = await scene(exposed)
  const rollback = comment(made.emulator, '/refit rollback churn complaints')
  const run = {
    schemaVersion: 1,
    candidateId: 'c'.repeat(64),
    verdict: 'pass',
    reason: 'good',
    at: '2026-06-01T00:00:00Z',
  } as const
  const training = (emulator: InProcess): Promise<void> => writeLastRun(forgeOf(emulator), 'churn', run)
  const steering = async (emulator: InProcess): Promise<void> =>
    expect(failed(await made.run(emulator, rollback))).toBe(false)
  const look = async (emulator: InProcess): Promise<void> => {
    expect(await readLastRun(forgeOf(emulator), 'churn')).toMatchObject({ candidateId: run.candidateId })
    const { state, effective } = await stored(emulator)
    expect([state?.rollout?.phase, effective?.percent]).toEqual(['rolling-back', 0])
  }
  await interleave(made.emulator, training, steering, look)
  await interleave(made.emulator, steering, training, look)
})
