import { beforeEach, describe, expect, test } from 'vitest'
import { prettyJson } from '../../src/core/json.ts'
import { openLocalForge, type LocalForge } from '../../src/forge/local/local-forge.ts'
import { stateBranch } from '../../src/registry/manifest.ts'
import { readStored, writeStored } from '../../src/rollout/state-store.ts'
import type { EffectiveFile, RolloutState } from '../../src/rollout/types.ts'
import { makeRepository } from '../support/git.ts'
import { START, wants, World } from './world.ts'

const BRANCH = stateBranch('churn')

let forge: LocalForge
let world: World
beforeEach(async () => {
  forge = await openLocalForge(makeRepository({ 'README.md': 'x\n' }), { clock: () => START })
  world = World.promoted()
  world.desired = wants(2)
  world.until('canary', 5)
  world.pass(30)
  world.tick()
  return () => forge.close()
})

const write = (state: RolloutState, effective: EffectiveFile | null) =>
  writeStored(forge, undefined, state, effective, ['x'])
const commit = (files: Record<string, unknown>) =>
  forge.commit({
    branch: BRANCH,
    expected: undefined,
    base: null,
    message: 'x',
    files: new Map(Object.entries(files).map(([path, value]) => [path, prettyJson(value)])),
  })

/** The same value with its members in another order, all the way down. */
function turned<T>(value: T): T {
  if (Array.isArray(value)) return value.map(turned) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, turned(member)]),
  ) as T
}

describe('the files of a rollout', () => {
  test('belong together: without the state a version that was taken back would begin anew', async () => {
    await commit({ 'effective.json': world.effective })
    await expect(readStored(forge, 'churn')).rejects.toMatchObject({
      code: 'rollout',
      message: `state.json on ${BRANCH} is gone, and effective.json is there`,
      place: { file: `${BRANCH}:state.json` },
    })
  })

  test('are read back as they were written', async () => {
    const head = await write(world.state, world.effective)
    expect(await readStored(forge, 'churn')).toEqual({ head, state: world.state, effective: world.effective })
  })

  test('are a branch without a past, and without an effective file none is made up', async () => {
    const main = await forge.head('main')
    const head = await write({ ...world.state, todo: [] }, null)
    expect(await readStored(forge, 'churn')).toEqual({ head, state: { ...world.state, todo: [] }, effective: null })
    expect(await forge.readFile(head, 'README.md')).toBeUndefined()
    expect((await forge.history(BRANCH, 'state.json', 5)).map(({ oid }) => oid)).toEqual([head])
    expect(await forge.head('main')).toBe(main)
    const [first] = await forge.history(BRANCH, 'state.json', 5)
    expect(first?.message.trimEnd()).toBe('churn: x')
  })

  test('tell in their commit what happened, the first sentence before all others', async () => {
    const head = await writeStored(forge, undefined, world.state, null, ['first', 'second', 'third'])
    await writeStored(forge, head, { ...world.state, generation: 99 }, null, [])
    const story = (await forge.history(BRANCH, 'state.json', 5)).map(({ message }) => message.trimEnd())
    expect(story).toEqual(['churn: nothing to say', 'churn: first\n\nsecond\nthird'])
  })

  test('of the same state are the same bytes, in whatever order it was put together', async () => {
    const head = await write(world.state, world.effective)
    expect(prettyJson(turned(world.state))).not.toBe(prettyJson(world.state))
    const effective = world.effective && turned(world.effective)
    expect(await writeStored(forge, head, turned(world.state), effective, ['x'])).toBe(head)
  })

  test('that could not be read back are not written', async () => {
    await expect(write({ ...world.state, generation: -1 }, null)).rejects.toThrow('generation')
    expect(await forge.head(BRANCH)).toBeUndefined()
  })

  test('of an earlier version, which counted no looks, no exposure and no commands, begin to count now', async () => {
    const { operations: _operations, ...state } = structuredClone(world.state)
    const { looks, exposedMs, ...rollout } = state.rollout as NonNullable<RolloutState['rollout']>
    expect(exposedMs).toBeGreaterThan(0)
    expect(looks).toBeGreaterThan(0)
    const guardrailStates = rollout.guardrailStates.map((one) => ({
      ...one,
      candidate: { ...one.candidate, squares: 4 },
      stable: { ...one.stable, squares: 4 },
    }))
    await commit({ 'state.json': { ...state, rollout: { ...rollout, guardrailStates } } })
    const read = (await readStored(forge, 'churn')).state
    expect(read).toEqual({
      ...world.state,
      operations: [],
      rollout: { ...world.state.rollout, looks: 0, exposedMs: 0 },
    })
    // It goes on from there.
    world.state = read as RolloutState
    world.pass(5)
    world.tick()
    expect(world.state.rollout).toMatchObject({ phase: 'canary', looks: 1 })
    expect(world.state.rollout?.exposedMs).toBeGreaterThan(0)
  })

  test.each(['state.json', 'effective.json'])('of another model are none of this one’s: %s', async (path) => {
    const files = { 'state.json': world.state, 'effective.json': world.effective }
    await commit({ ...files, [path]: { ...files[path as keyof typeof files], model: 'fraud' } })
    await expect(readStored(forge, 'churn')).rejects.toMatchObject({
      code: 'rollout',
      message: `${path} on ${BRANCH} is that of the model “fraud”`,
      place: { file: `${BRANCH}:${path}` },
      hint: expect.stringContaining(`or delete it`) as string,
    })
  })
})
