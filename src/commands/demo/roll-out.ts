import { RefitError } from '../../core/error.ts'
import type { PullRequest } from '../../forge/forge.ts'
import type { TickResult } from '../../rollout/tick.ts'
import type { RolloutPhase } from '../../rollout/types.ts'
import { selectModels } from '../project.ts'
import { tickModel } from '../rollout.ts'
import { openProject, type Story } from './story.ts'

/** Time between two scheduled runs, and the calls that reach the service in it. */
const TICK_MS = 30 * 60_000
const CALLS_PER_TICK = 400
/** More ticks than any plan of the demo needs; a rollout that never ends is a mistake to be told. */
const MAX_TICKS = 40

const MOVING: ReadonlySet<RolloutPhase> = new Set([
  'queued',
  'staging',
  'shadow',
  'canary',
  'full-bake',
  'rolling-back',
])

export interface RolloutEnd {
  readonly phase: RolloutPhase
  readonly revertPullRequest: PullRequest | undefined
  /** Whether any caller ever got an answer of the candidate. */
  readonly exposed: boolean
}

/** Ticks the rollout as the schedule would, with the customers of `month` calling all the while, until it has ended. */
export async function rollOut(story: Story, month: number): Promise<RolloutEnd> {
  const { production, clock } = story
  await production.start()
  const project = await openProject(story)
  const [model] = selectModels(project.config, undefined)
  if (model === undefined) throw new RefitError('config', 'the configuration names no model')
  let revertPullRequest: PullRequest | undefined
  let seen = ''
  let exposed = false
  for (let ticks = 0; ticks < MAX_TICKS; ticks++) {
    const result = await tickModel(project, model)
    revertPullRequest = result.revertPullRequest ?? revertPullRequest
    tellTick(story, result, seen)
    exposed ||= result.percent > 0
    seen = `${result.phase}/${result.step}`
    if (!MOVING.has(result.phase)) return { phase: result.phase, revertPullRequest, exposed }
    await production.sync()
    await production.serve(month, { calls: CALLS_PER_TICK, ms: TICK_MS })
    clock.pass(60_000)
  }
  throw new RefitError('rollout', `the rollout had not ended after ${MAX_TICKS} ticks`)
}

/** A step forward in one sentence, a rollback with everything the guardrails saw; waiting is not told. */
function tellTick({ narrator }: Story, result: TickResult, seen: string): void {
  const { phase, sentences } = result
  if (phase === 'rolling-back') for (const sentence of sentences) narrator.item('no', phase, sentence)
  else if (`${phase}/${result.step}` !== seen && sentences[0] !== undefined) narrator.item('yes', phase, sentences[0])
}
