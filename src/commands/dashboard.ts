import { RefitError } from '../core/error.ts'
import { retrainBranch } from '../registry/manifest.ts'
import { readManifest } from '../registry/read.ts'
import { DASHBOARD_MARKER, parseDashboard, renderDashboard, type DashboardModel } from '../report/dashboard.ts'
import type { Plan } from './plan.ts'
import type { Project } from './project.ts'
import type { ModelRun, Run } from './run.ts'

const TITLE = 'Refit dashboard'
const DAY_MS = 86_400_000

/** Where a rollout is, and that nothing fired, is shown in lines of their own. */
const WORTH_SAYING: ReadonlySet<string> = new Set(['gate-failed', 'draft', 'error', 'fired'])

/** Whether this project keeps a dashboard: an issue makes sense on a forge that people look at. */
function hasDashboard({ config, forge }: Project): boolean {
  return config.dashboard && forge.kind === 'github'
}

/** The models whose box somebody ticked. Read from the issue itself, never from the event that told of it. */
export async function tickedModels(project: Project): Promise<ReadonlySet<string>> {
  if (!hasDashboard(project)) return new Set()
  return (
    (await tolerantly(
      project,
      async () => new Set(parseDashboard((await project.forge.findIssue(DASHBOARD_MARKER))?.body ?? '')),
    )) ?? new Set()
  )
}

/**
 * Why an edited issue starts nothing although it holds the dashboard's marker, which anybody can paste: it is not the
 * issue that Refit keeps, or who edited it may not write here. Undefined where it may be answered.
 */
export async function strangeDashboard(
  project: Project,
  { issue, sender }: NonNullable<Plan['dashboard']>,
): Promise<string | undefined> {
  const own = hasDashboard(project) ? await project.forge.findIssue(DASHBOARD_MARKER) : undefined
  if (own?.number !== issue) return `issue #${issue} is not Refit’s dashboard`
  const permission = await project.forge.permission(sender)
  if (permission === 'write' || permission === 'admin') return undefined
  return `@${sender} may not command Refit here: it takes write permission, and theirs is “${permission}”`
}

/**
 * Brings the dashboard up to date after a run that looked at every model. A box is empty again where the run has answered
 * it; one that was ticked meanwhile, or whose model could not be retrained yet, stays ticked for the next run.
 */
export async function updateDashboard(project: Project, run: Run, ticked: ReadonlySet<string>): Promise<void> {
  const whole = Object.keys(project.config.models).every((name) =>
    run.models.some((model) => model.model === name && (model.triggers.length > 0 || model.error !== undefined)),
  )
  if (!whole || !hasDashboard(project)) return
  await tolerantly(project, async () => {
    const branch = await project.forge.defaultBranch()
    const models = await Promise.all(run.models.map((model) => dashboardModel(project, branch, model)))
    const answered = new Set(run.models.filter((model) => ticked.has(model.model) && isAnswered(model)).map(nameOf))
    await project.forge.upsertIssue({
      marker: DASHBOARD_MARKER,
      title: TITLE,
      body(existing = '') {
        const boxes = new Set(parseDashboard(existing.replaceAll('\r', '')))
        return renderDashboard(
          models.map((model) => ({ ...model, ticked: boxes.has(model.name) && !answered.has(model.name) })),
        )
      },
      state: 'open',
    })
  })
}

const nameOf = ({ model }: ModelRun): string => model

/** Not where it failed, nor where a rollout had to be waited for. */
function isAnswered({ outcome, decision }: ModelRun): boolean {
  return outcome !== 'error' && !(outcome === 'rollout' && decision?.retrain === true)
}

async function dashboardModel(project: Project, branch: string, run: ModelRun): Promise<DashboardModel> {
  const [read, open] = await Promise.all([
    readManifest(project.forge, branch, run.model).catch(asDamaged),
    project.forge.openPullRequest(retrainBranch(run.model)),
  ])
  const manifest = read instanceof RefitError ? undefined : read
  // Whole days: an hour more is no news, and would write the issue on every run.
  const age =
    manifest === undefined
      ? 0
      : Math.floor((project.clock() - Date.parse(manifest.training.trainedAt)) / DAY_MS) * DAY_MS
  const primary = manifest?.evaluation.primary
  return {
    name: run.model,
    version: read instanceof RefitError ? undefined : (read?.version ?? null),
    age: age > 0 ? age : null,
    metric:
      primary === undefined
        ? undefined
        : {
            name: primary,
            value: manifest?.evaluation.metrics.find((metric) => metric.metric === primary)?.value ?? null,
          },
    // What moves with the clock alone is no news either.
    triggers: run.triggers.filter((trigger) => trigger.trigger !== 'schedule' || trigger.status === 'fired'),
    pullRequest: open,
    rollout: run.rollout?.state,
    note: run.outcome === 'unchanged' ? run.standing : WORTH_SAYING.has(run.outcome) ? run.note : undefined,
  }
}

/** One model's damaged manifest is its own affair: the others are shown. */
function asDamaged(error: unknown): RefitError {
  if (error instanceof RefitError && error.code === 'manifest') return error
  throw error
}

/** The dashboard is a convenience: a run without the permission for issues does its work all the same. */
async function tolerantly<T>(project: Project, body: () => Promise<T>): Promise<T | undefined> {
  try {
    return await body()
  } catch (error) {
    if (!(error instanceof RefitError)) throw error
    project.log.warn(`the dashboard was left alone: ${error.message}`)
    return undefined
  }
}
