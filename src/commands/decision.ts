import type { ModelConfig } from '../config/schema.ts'
import { retrainBranch } from '../registry/manifest.ts'
import { isWithdrawn } from '../report/pull-request.ts'
import { decide, type History } from '../triggers/index.ts'
import type { Decision, TriggerResult } from '../triggers/types.ts'
import type { Project } from './project.ts'
import type { TriggerMemory } from './trigger-memory.ts'

/** What the triggers come to, with what was done before: trainings from memory, a rejection from the forge. */
export async function decideRetraining(
  project: Project,
  model: ModelConfig,
  results: readonly TriggerResult[],
  past: { readonly memory: TriggerMemory; readonly trainedAt: number },
): Promise<Decision> {
  const config = model.triggers
  const now = project.clock()
  const trainings = trainingsOf(past.memory, past.trainedAt)
  const history: History = { trainings, rejection: undefined }
  const first = decide({ now, config, results, history })
  const asked = results.some(({ trigger, status }) => trigger === 'manual' && status === 'fired')
  // The forge is asked only where the answer makes a difference.
  if (!first.retrain || asked || config.cooldown.rejection === 0) return first
  const rejection = await lastRejection(project, model.name)
  return rejection === undefined ? first : decide({ now, config, results, history: { ...history, rejection } })
}

/** The champion's own training counts as well: the memory may be younger than it. */
function trainingsOf({ trainings }: TriggerMemory, trainedAt: number): number[] {
  const remembered = trainings.map(({ at }) => Date.parse(at))
  return remembered.includes(trainedAt) || !Number.isFinite(trainedAt) ? remembered : [...remembered, trainedAt]
}

/** A pull request that Refit has withdrawn was not rejected by a person, whoever closed it. */
export async function lastRejection(project: Project, model: string): Promise<History['rejection']> {
  const closed = await project.forge.pullRequests({ state: 'closed', head: retrainBranch(model) })
  const last = closed.find((pull) => !isWithdrawn(pull.body))
  return last === undefined || last.merged || last.closedAt === undefined
    ? undefined
    : { number: last.number, at: last.closedAt }
}
