import { setTimeout as sleep } from 'node:timers/promises'
import { RefitError } from '../core/error.ts'
import type { TickResult } from '../rollout/tick.ts'
import { selectModels, type Project } from './project.ts'
import { rolloutNote, tickModel } from './rollout.ts'
import { withTarget } from './rollout-target.ts'

/** A rollout goes on by itself in these phases; in every other one it has ended or waits for a person. */
const MOVING = new Set(['queued', 'staging', 'shadow', 'canary', 'full-bake', 'rolling-back'])

/**
 * Ticks the rollouts of one or all models until each has ended or is held. Returns the exit code: 1 when a rollout was
 * rolled back. `onTick` sees every result.
 */
export async function watchRollout(
  project: Project,
  name: string | undefined,
  intervalMs: number,
  onTick: (result: TickResult) => void = () => {},
): Promise<number> {
  let code = 0
  for (const selected of selectModels(project.config, name)) {
    const model = await withTarget(project, selected)
    if (model.rollout.target === 'none') {
      project.log.info(`${model.name}: rollout.target is none: there is no rollout to watch`)
      continue
    }
    let last: string | undefined
    for (;;) {
      const result = await tickModel(project, model)
      onTick(result)
      const note = rolloutNote(result)
      if (note !== last) project.log.info(`${model.name}: ${note}`)
      last = note
      const held = result.state.rollout?.held ?? null
      if (held !== null)
        throw new RefitError('rollout', `the rollout of ${model.name} is held: ${held.reason}`, {
          hint: `Let it go on with refit resume --model ${model.name}, or end it with refit rollback.`,
        })
      if (!MOVING.has(result.phase)) {
        if (result.phase === 'rolled-back' || result.phase === 'rollback-failed') code = 1
        break
      }
      await sleep(intervalMs)
    }
  }
  return code
}
