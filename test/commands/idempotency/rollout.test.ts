import { describe } from 'vitest'
import type { World } from '../../rollout/world.ts'
import { walks, type Command } from './matrix.ts'
import { comment, scene, type Event, type Scene } from './rollout-world.ts'

const exposed = (world: World): void => void world.until('canary', 50)

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
      // The comment on the pull request is there before, as an earlier tick left it.
      await made.run(made.emulator, { name: 'push' })
      happening = typeof event === 'string' ? comment(made.emulator, event) : event(made)
      return made.emulator
    },
    run: (emulator, late) => made.run(emulator, happening, late),
  }
}

describe('a comment completes what it began', () => {
  walks([command('/refit rollback of a canary', exposed, '/refit rollback churn complaints', { writes: 15 })])
})
