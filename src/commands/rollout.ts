import type { ModelConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { readRollout } from '../rollout/read.ts'
import { tick, type TickResult } from '../rollout/tick.ts'
import type { RolloutCommand } from '../rollout/types.ts'
import { createEvidenceClient } from '../serving/evidence-client.ts'
import type { Project } from './project.ts'
import { followOnPullRequest } from './rollout-comment.ts'
import type { ModelRun } from './run.ts'

/** One tick of a model's rollout, optionally with a person's command. */
export async function rolloutModel(
  project: Project,
  model: ModelConfig,
  before: ModelRun,
  command: RolloutCommand | undefined,
): Promise<ModelRun> {
  if (model.rollout.target === 'none') return { ...before, note: 'rollout.target is none: the merge was the promotion' }
  const result = await tickModel(project, model, command)
  const note = result.sentences.at(-1) ?? rolloutNote(result)
  return { ...before, outcome: result.changed ? 'rollout' : before.outcome, note, rollout: result }
}

/** Where the rollout stands, without taking a step. */
export async function statusModel(project: Project, model: ModelConfig, before: ModelRun): Promise<ModelRun> {
  const { desired, manifest, state, effective } = await readRollout(project.forge, model.name)
  if (desired.kind === 'invalid') throw new RefitError('manifest', desired.reason)
  const version = manifest === undefined ? 'no version yet' : `v${manifest.version} is desired`
  const serving = effective?.stable == null ? 'nothing is served' : `v${effective.stable.version} is served`
  const phase =
    state?.rollout == null ? '' : `; the rollout of v${state.rollout.to.version} is at ${state.rollout.phase}`
  return { ...before, note: `${version}, ${serving}${phase}` }
}

export async function tickModel(project: Project, model: ModelConfig, command?: RolloutCommand): Promise<TickResult> {
  const evidence = createEvidenceClient({
    url: project.gatewayUrl ?? model.rollout.gateway.url,
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
