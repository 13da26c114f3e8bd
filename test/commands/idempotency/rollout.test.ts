import { describe } from 'vitest'
import { healthy, HOUR, type World } from '../../rollout/world.ts'
import { walks, type Command } from './matrix.ts'
import { comment, scene, type Event, type Scene } from './rollout-world.ts'

const exposed = (world: World): void => void world.until('canary', 50)

const held = (world: World): void => {
  exposed(world)
  world.tick({ kind: 'hold', reason: 'odd', by: 'bo' })
}
const promoted = (world: World): void => void world.until('promoted')
const ready = (world: World): void => {
  world.until('canary', 5)
  world.pass(61)
}
const counting = (world: World): void => {
  exposed(world)
  world.pass(5)
}
const bakedFully = (world: World): void => {
  world.until('full-bake')
  world.pass(61)
}
const broken = (world: World): void => {
  exposed(world)
  world.candidate = { ...healthy, errors: 0.5 }
  world.pass(10)
}
const rollingBack = (world: World): void => {
  exposed(world)
  world.tick({ kind: 'rollback', reason: 'complaints', by: 'bo' })
}
const silent = (world: World): void => {
  exposed(world)
  world.source = 'down'
  world.tick()
  world.now += HOUR
}

/** An event on a scene, as a command to be disturbed. */
function command(
  name: string,
  play: (world: World) => void,
  event: string | ((made: Scene) => Event),
  { writes, ...more }: Pick<Command, 'writes' | 'refused'> & { gateway?: 'down' },
): Command {
  let made: Scene
  let happening: Event
  return {
    name,
    writes,
    refused: more.refused ?? false,
    async begin() {
      made = await scene(play, more.gateway)
      happening = typeof event === 'string' ? comment(made.emulator, event) : event(made)
      return made.emulator
    },
    run: (emulator, late) => made.run(emulator, happening, late),
  }
}

describe('a comment completes what it began', () => {
  walks([
    command('/refit rollback of a canary', exposed, '/refit rollback churn complaints', { writes: 15 }),
    command('/refit hold', exposed, '/refit hold churn complaints', { writes: 8 }),
    command('/refit resume', held, '/refit resume churn it was us', { writes: 6 }),
    command('/refit advance', (world) => void world.until('canary', 5), '/refit advance churn trust me', { writes: 8 }),
    command('/refit rollback of what was promoted', promoted, '/refit rollback churn complaints', { writes: 15 }),
    command('/refit status', exposed, '/refit status churn', { writes: 3 }),
    command('/refit rollout', ready, '/refit rollout churn', { writes: 8 }),
    command('several lines', exposed, '/refit hold churn a\n/refit status\n/refit resume churn\n/refit rolback churn', {
      writes: 10,
      refused: true,
    }),
    command('a model that nobody knows', exposed, '/refit rollback chrun', { writes: 3, refused: true }),
    command('nothing to hold', promoted, '/refit hold churn', { writes: 3, refused: true }),
  ])
})

describe('any other event completes what it began', () => {
  const merged = (made: Scene): Event => ({
    name: 'pull_request',
    payload: {
      action: 'closed',
      pull_request: {
        number: 2,
        merged: true,
        head: { ref: 'refit/retrain/churn', repo: { full_name: made.emulator.repository } },
      },
    },
  })
  walks([
    command('the merge of a version starts its rollout', () => {}, merged, { writes: 8 }),
    command('a tick counts', counting, () => ({ name: 'push' }), { writes: 4 }),
    command('a tick goes on to the next stage', ready, () => ({ name: 'push' }), { writes: 8 }),
    command('a tick promotes', bakedFully, () => ({ name: 'push' }), { writes: 9 }),
    command('a guardrail rolls back', broken, () => ({ name: 'push' }), { writes: 13 }),
    command('the end of a rollback is noted', rollingBack, () => ({ name: 'push' }), { writes: 4 }),
    command('a gateway that is silent for too long', silent, () => ({ name: 'push' }), { writes: 8, gateway: 'down' }),
    command(
      'rollback by the button',
      exposed,
      () => ({ name: 'workflow_dispatch', inputs: { command: 'rollback', model: 'churn', reason: 'x' } }),
      { writes: 12 },
    ),
    command(
      'advance by the button',
      (world) => void world.until('canary', 5),
      () => ({ name: 'workflow_dispatch', inputs: { command: 'advance', model: 'churn', reason: 'x' } }),
      { writes: 8 },
    ),
  ])
})
