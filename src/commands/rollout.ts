import type { ModelConfig } from '../config/schema.ts'
import { tick, type RolloutCommand } from '../rollout/tick.ts'
import { createEvidenceClient } from '../serving/evidence-client.ts'
import type { Project } from './project.ts'
import type { ModelRun } from './run.ts'

/** One tick of a model's rollout, optionally with a person's command. */
export async function rolloutModel(
  project: Project,
  model: ModelConfig,
  before: ModelRun,
  command: RolloutCommand | undefined,
): Promise<ModelRun> {
  if (model.rollout.target === 'none') return { ...before, note: 'rollout.target is none: the merge was the promotion' }
  const evidence = createEvidenceClient({
    url: project.gatewayUrl ?? model.rollout.gateway.url,
    token: project.gatewayToken,
  })
  const result = await tick({
    forge: project.forge,
    model: model.name,
    config: model.rollout,
    alerts: model.alerts,
    evidence,
    clock: project.clock,
    log: project.log,
    command,
    runUrl: project.request.runUrl,
  })
  project.log.info(result.sentence)
  return { ...before, outcome: result.changed ? 'rollout' : before.outcome, note: result.sentence, rollout: result }
}
