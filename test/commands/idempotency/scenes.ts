import { healthy, HOUR, type World } from '../../rollout/world.ts'
import type { Command } from './matrix.ts'
import { comment, scene, type Event, type Scene } from './rollout-world.ts'

export const exposed = (world: World): void => void world.until('canary', 50)

export const canary5 = (world: World): void => void world.until('canary', 5)
export const held = (world: World): void => {
  exposed(world)
  world.tick({ kind: 'hold', reason: 'odd', by: 'bo' })
}
export const promoted = (world: World): void => void world.until('promoted')
export const ready = (world: World): void => {
  world.until('canary', 5)
  world.pass(61)
}
export const counting = (world: World): void => {
  exposed(world)
  world.pass(5)
}
export const bakedFully = (world: World): void => {
  world.until('full-bake')
  world.pass(61)
}
export const broken = (world: World): void => {
  exposed(world)
  world.candidate = { ...healthy, errors: 0.5 }
  world.pass(10)
}
export const rollingBack = (world: World): void => {
  exposed(world)
  world.tick({ kind: 'rollback', reason: 'complaints', by: 'bo' })
}
export const silent = (world: World): void => {
  exposed(world)
  world.source = 'down'
  world.tick()
  world.now += HOUR
}

/** An event on a scene, as a command to be disturbed. */
export function command(
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
