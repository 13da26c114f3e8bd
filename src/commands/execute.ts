import type { ModelConfig } from '../config/schema.ts'
import { asShown, RefitError } from '../core/error.ts'
import { notLookedAt } from '../report/record-view.ts'
import { checkModel, type CheckResult } from './check.ts'
import { checkHints } from './hints.ts'
import { rememberEstimates } from './remember-estimates.ts'
import { acknowledge, answer, answerLine, mayCommand, refusalLine } from './comment.ts'
import { strangeDashboard, tickedModels, updateDashboard } from './dashboard.ts'
import type { Plan, Work } from './plan.ts'
import { selectModels, type Project } from './project.ts'
import { refuseUnreachable, withTarget } from './rollout-target.ts'
import { emptyModelRun, failed, type ModelRun, type Run } from './run.ts'
import { withdrawStale } from './withdraw.ts'
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
  const strange = plan.dashboard && (await strangeDashboard(project, plan.dashboard))
  if (strange !== undefined) return { models: [], notes: [strange] }
  const { comment } = plan
  if (comment !== undefined) {
    if (!(await mayCommand(project, comment))) {
      const why = `@${comment.author} may not command Refit here (it takes write permission): the comment is ignored`
      project.log.info(why)
      return { models: [], notes: [why] }
    }
    await acknowledge(project, comment)
  }
  const steps = plan.work.map((work, index) => stepOf(project, plan, work, index))
  const ticked = plan.work.some((work) => work.kind === 'refresh') ? await tickedModels(project) : new Set<string>()
  const runs = new Map<string, ModelRun>()
  const notes: string[] = []
  const errors: RefitError[] = []
  const lines: string[] = []
  for (const { work, models, refused, operation } of steps) {
    if (refused !== undefined) {
      errors.push(refused)
      lines.push(refusalLine(refused))
    }
    if (work.kind === 'nothing') notes.push(work.why)
    if (work.kind === 'nothing' || work.kind === 'refuse') continue
    for (const model of models) {
      const before = runs.get(model.name) ?? emptyModelRun(model.name)
      // Each command of a comment stands for itself; the parts of one run build on each other.
      if (before.error !== undefined && comment === undefined) continue
      const withOperation = { ...project, request: { ...project.request, operation } }
      const asked = ticked.has(model.name) ? asTicked(work) : work
      const run = await project.log.group(`${model.name}: ${TITLES[work.kind]}`, () =>
        guarded(before, () => perform(withOperation, model, asked, { ...before, error: undefined }, options)),
      )
      lines.push(answerLine(run))
      runs.set(model.name, { ...run, error: run.error ?? before.error })
    }
  }
  const run: Run = { models: [...runs.values()], notes, errors }
  if (comment !== undefined) await answer(project, comment, { lines, done: !failed(run) })
  await updateDashboard(project, run, ticked)
  return run
}

interface Step {
  readonly work: Work
  readonly models: readonly ModelConfig[]
  readonly refused: RefitError | undefined
  /** Of a person's asking, this part. */
  readonly operation: string | null
}

/** Whom a piece of work is for. A name that nobody knows is answered in a comment; elsewhere nothing is begun at all. */
function stepOf(project: Project, { comment, operation }: Plan, work: Work, index: number): Step {
  const nobody = { work, models: [], operation: null }
  if (work.kind === 'nothing') return { ...nobody, refused: undefined }
  if (work.kind === 'refuse') return { ...nobody, refused: work.error }
  const name = work.kind === 'steer' ? work.command : work.kind
  // A tick is the next one wherever it is run; only where it was asked for in words does the answer have to stand.
  const isAsked = operation !== undefined && (work.kind !== 'rollout' || comment !== undefined)
  const part = isAsked ? `${operation}/${index}/${name}` : null
  try {
    return { work, models: selectModels(project.config, work.model), refused: undefined, operation: part }
  } catch (error) {
    if (comment === undefined || !(error instanceof RefitError)) throw error
    return { ...nobody, refused: error }
  }
}

type Doable = Exclude<Work, { kind: 'nothing' | 'refuse' }>

/** A ticked box asks for a retraining as a comment does. */
function asTicked<W extends Doable>(work: W): W {
  return work.kind === 'refresh' && !work.manual ? { ...work, manual: true, reason: 'ticked on the dashboard' } : work
}

const TITLES: Readonly<Record<Doable['kind'], string>> = {
  check: 'check triggers',
  refresh: 'check triggers and retrain',
  rollout: 'rollout',
  steer: 'rollout command',
  status: 'status',
}

/** A failure is its model's own, and no other's: also where it is a mistake of Refit's. */
async function guarded(before: ModelRun, body: () => Promise<ModelRun>): Promise<ModelRun> {
  try {
    return await body()
  } catch (error) {
    const shown = asShown(error)
    return { ...before, outcome: 'error', note: shown.message, error: shown }
  }
}

async function perform(
  project: Project,
  configured: ModelConfig,
  work: Doable,
  before: ModelRun,
  options: ExecuteOptions,
): Promise<ModelRun> {
  if (work.kind === 'check') return look(project, configured, before)
  const model = await withTarget(project, configured)
  switch (work.kind) {
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
      return rolloutModel(project, model, before, {
        kind: work.command,
        by: project.request.by,
        reason: work.reason,
      })
    }
  }
}

async function look(project: Project, model: ModelConfig, before: ModelRun): Promise<ModelRun> {
  const check = await checkModel(project, model)
  return { ...checked(before, check), hints: await checkHints(project, model, check.champion) }
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
  refuseUnreachable(project, model)
  const check = await checkModel(project, model)
  const run = await retrainWhereDue(project, model, before, check, options)
  // What this run has proposed or judged by itself holds, and has withdrawn what does not.
  if (options.dryRun || run.record !== undefined) return run
  const withdrawn = await withdrawStale(project, model, check)
  return withdrawn === undefined ? run : { ...run, pullRequest: withdrawn }
}

async function retrainWhereDue(
  project: Project,
  model: ModelConfig,
  before: ModelRun,
  check: CheckResult,
  options: ExecuteOptions,
): Promise<ModelRun> {
  // Before the first version the training looks at all of the data itself.
  const hints = check.champion === undefined ? [] : await checkHints(project, model, check.champion)
  const seen = { ...checked(before, check), hints }
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
    return {
      ...seen,
      outcome: 'unchanged',
      note: result.why,
      standing: result.standing,
      pullRequest: result.pullRequest,
    }
  const reportPath = project.replay === undefined ? await writeReports(project, result.record) : undefined
  return {
    ...seen,
    hints: [...notLookedAt(result.record), ...result.record.evaluation.warnings],
    outcome: result.outcome,
    note: result.record.verdict.reason,
    record: result.record,
    pullRequest: result.pullRequest,
    reportPath,
  }
}
