import type { ModelConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { activeRollout } from '../rollout/plan.ts'
import { readRollout } from '../rollout/read.ts'
import { tick, type TickResult } from '../rollout/tick.ts'
import { readStored } from '../rollout/state-store.ts'
import type { ActiveRollout, RolloutCommand } from '../rollout/types.ts'
import { createEvidenceClient } from '../serving/evidence-client.ts'
import type { Project } from './project.ts'
import { gatewayUrl, refuseUnreachable } from './rollout-target.ts'
import { followOnPullRequest } from './rollout-comment.ts'
import type { ModelRun } from './run.ts'

/** One tick of a model's rollout, optionally with a person's command. */
export async function rolloutModel(
  project: Project,
  model: ModelConfig,
  before: ModelRun,
  command: RolloutCommand | undefined,
): Promise<ModelRun> {
  if (model.rollout.target === 'none') {
    const { state } = await readStored(project.forge, model.name)
    const left = state && activeRollout(state)
    if (command === undefined) return { ...before, note: noRollout(left) }
    if (!left) {
      const words = command.kind === 'rollback' ? 'roll back' : command.kind
      throw new RefitError('usage', `${model.name}: there is nothing to ${words}: rollout.target is none`, {
        hint: 'A merge is the promotion here: to take one back, revert the pull request that was merged.',
      })
    }
  }
  const result = await tickModel(project, model, command)
  const note = result.sentences.at(-1) ?? rolloutNote(result)
  return { ...before, outcome: result.changed ? 'rollout' : before.outcome, note, rollout: result }
}

/** What a run says of a model without a rollout, and of one that was under way when the target was taken away. */
function noRollout(left: ActiveRollout | undefined): string {
  if (left === undefined) return 'rollout.target is none: a merge is the promotion'
  return `rollout.target is none: nobody takes the rollout of v${left.to.version} further, which is at ${left.phase} still, and its exposure ends with its lease. End it with refit rollback, or name the gateway again`
}

/** Where the rollout stands, without taking a step. */
export async function statusModel(project: Project, model: ModelConfig, before: ModelRun): Promise<ModelRun> {
  const { desired, manifest, state, effective } = await readRollout(project.forge, model.name)
  if (desired.kind === 'invalid') throw new RefitError('manifest', desired.reason)
  const version = manifest === undefined ? 'no version yet' : `v${manifest.version} is desired`
  const serving =
    model.rollout.target === 'none'
      ? 'what serves it was not looked at (rollout.target is none)'
      : effective?.stable == null
        ? 'nothing is served'
        : `v${effective.stable.version} is served`
  const phase =
    state?.rollout == null ? '' : `; the rollout of v${state.rollout.to.version} is at ${state.rollout.phase}`
  return { ...before, note: `${version}, ${serving}${phase}` }
}

export async function tickModel(project: Project, model: ModelConfig, command?: RolloutCommand): Promise<TickResult> {
  // A command that takes traffic back, or leaves it where it is, needs no gateway that answers.
  if (command?.kind !== 'rollback' && command?.kind !== 'hold') refuseUnreachable(project, model)
  const evidence = createEvidenceClient({
    url: gatewayUrl(project, model),
    token: project.gatewayToken,
  })
  const result = await tick({
    forge: project.forge,
    model: model.name,
    config: model.rollout,
    alerts: model.alerts.issue,
    evidence,
    clock: project.clock,
    log: project.log,
    command,
    operation: project.request.operation ?? undefined,
    runUrl: project.request.runUrl ?? undefined,
  })
  await followOnPullRequest(project, result)
  return result
}

/** `v4 at canary, 5 %`, `v3 serves everything`. */
export function rolloutNote({ phase, percent, state }: TickResult): string {
  const { rollout, stable } = state
  if (rollout === null || phase === 'promoted' || phase === 'idle')
    return stable === null ? 'nothing is rolled out yet' : `v${stable.version} takes all traffic`
  return `v${rollout.to.version} is at ${phase}${phase === 'canary' ? `, ${percent} %` : ''}${rollout.held === null ? '' : ` and held: ${rollout.held.reason}`}`
}
