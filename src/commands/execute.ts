import type { ModelConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { checkModel, type CheckResult } from './check.ts'
import { rememberEstimates } from './remember-estimates.ts'
import { reactToComment, refuseStrangers } from './comment.ts'
import { tickedModels, updateDashboard } from './dashboard.ts'
import type { Plan, Work } from './plan.ts'
import { selectModels, type Project } from './project.ts'
import { emptyModelRun, type ModelRun, type Run } from './run.ts'
import { writeReports } from './write-reports.ts'

export interface ExecuteOptions {
  /** Train even when the same candidate was judged before. */
  readonly force: boolean
  /** Train and judge, but write nothing to the forge. */
  readonly dryRun: boolean
}

/** Does the planned work, model by model. One model's failure does not keep the others from their turn. */
export async function execute(
  project: Project,
  plan: Plan,
  options: ExecuteOptions = { force: false, dryRun: false },
): Promise<Run> {
  if (plan.comment !== undefined) await refuseStrangers(project, plan.comment)
  const ticked = plan.work.some((work) => work.kind === 'refresh') ? await tickedModels(project) : new Set<string>()
  const notes: string[] = []
  const runs = new Map<string, ModelRun>()
  for (const work of plan.work) {
    if (work.kind === 'nothing') {
      notes.push(work.why)
      continue
    }
    for (const model of selectModels(project.config, work.model)) {
      const before = runs.get(model.name) ?? emptyModelRun(model.name)
      if (before.error !== undefined) continue
      runs.set(
        model.name,
        await project.log.group(`${model.name}: ${TITLES[work.kind]}`, () =>
          guarded(before, () =>
            perform(project, model, ticked.has(model.name) ? asTicked(work) : work, before, options),
          ),
        ),
      )
    }
  }
  if (plan.comment !== undefined) await reactToComment(project, plan.comment, [...runs.values()])
  const run = { models: [...runs.values()], notes }
  await updateDashboard(project, run)
  return run
}

/** A ticked box asks for a retraining as a comment does. */
function asTicked<W extends Exclude<Work, { kind: 'nothing' }>>(work: W): W {
  return work.kind === 'refresh' && !work.manual ? { ...work, manual: true, reason: 'ticked on the dashboard' } : work
}

const TITLES: Readonly<Record<Exclude<Work['kind'], 'nothing'>, string>> = {
  check: 'check triggers',
  refresh: 'check triggers and retrain',
  rollout: 'rollout',
  steer: 'rollout command',
  status: 'status',
}

/** Expected failures become part of the run; anything else is a bug and goes on up. */
async function guarded(before: ModelRun, body: () => Promise<ModelRun>): Promise<ModelRun> {
  try {
    return await body()
  } catch (error) {
    if (!(error instanceof RefitError)) throw error
    return { ...before, outcome: 'error', note: error.message, error }
  }
}

async function perform(
  project: Project,
  model: ModelConfig,
  work: Exclude<Work, { kind: 'nothing' }>,
  before: ModelRun,
  options: ExecuteOptions,
): Promise<ModelRun> {
  switch (work.kind) {
    case 'check':
      return checked(before, await checkModel(project, model))
    case 'refresh':
      return refresh(
        { ...project, request: { ...project.request, manual: work.manual, reason: work.reason } },
        model,
        before,
        options,
      )
    case 'status': {
      const { statusModel } = await import('./rollout.ts')
      return statusModel(project, model, before)
    }
    case 'rollout': {
      const { rolloutModel } = await import('./rollout.ts')
      return rolloutModel(project, model, before, undefined)
    }
    case 'steer': {
      const { rolloutModel } = await import('./rollout.ts')
      return rolloutModel(project, model, before, { kind: work.command, by: project.request.by, reason: work.reason })
    }
  }
}

function checked(before: ModelRun, check: CheckResult): ModelRun {
  return {
    ...before,
    outcome: check.error !== undefined ? 'error' : check.fired ? 'fired' : 'quiet',
    note: check.decision.sentence,
    triggers: check.triggers,
    decision: check.decision,
    findings: check.findings,
    notes: check.notes,
    data: check.read && { ...check.read, rowsNew: check.rowsNew ?? 0, rowsLabelled: check.rowsLabelled ?? 0 },
    error: check.error,
  }
}

/** Exposed versions must not be chased by new ones: while production is being decided on, no candidate is trained. */
const EXPOSED = new Set(['shadow', 'canary', 'full-bake', 'rolling-back'])

async function refresh(
  project: Project,
  model: ModelConfig,
  before: ModelRun,
  options: ExecuteOptions,
): Promise<ModelRun> {
  const check = await checkModel(project, model)
  const seen = checked(before, check)
  await rememberEstimates(project, model, check)
  for (const trigger of check.triggers) project.log.info(`${trigger.trigger}: ${trigger.status}. ${trigger.sentence}`)
  if (!check.fired)
    return before.rollout?.changed === true && seen.outcome === 'quiet'
      ? { ...seen, outcome: 'rollout', note: before.note }
      : seen
  const phase = before.rollout?.phase
  if (phase !== undefined && EXPOSED.has(phase))
    return { ...seen, outcome: 'rollout', note: `${seen.note}; no candidate is trained while a rollout is at ${phase}` }
  const { retrainModel } = await import('./retrain.ts')
  const result = await retrainModel(project, model, check, options)
  if (result.outcome === 'unchanged')
    return { ...seen, outcome: 'unchanged', note: result.why, pullRequest: result.pullRequest }
  const reportPath = project.replay === undefined ? await writeReports(project, result.record) : undefined
  return {
    ...seen,
    outcome: result.outcome,
    note: result.record.verdict.reason,
    record: result.record,
    pullRequest: result.pullRequest,
    reportPath,
  }
}
