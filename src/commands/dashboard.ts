import { RefitError } from '../core/error.ts'
import { retrainBranch } from '../registry/manifest.ts'
import { readManifest } from '../registry/read.ts'
import { DASHBOARD_MARKER, parseDashboard, renderDashboard, type DashboardModel } from '../report/dashboard.ts'
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

/** Brings the dashboard up to date after a run that looked at every model; boxes are empty again. */
export async function updateDashboard(project: Project, run: Run): Promise<void> {
  const whole = Object.keys(project.config.models).every((name) =>
    run.models.some((model) => model.model === name && model.triggers.length > 0),
  )
  if (!whole || !hasDashboard(project)) return
  await tolerantly(project, async () => {
    const branch = await project.forge.defaultBranch()
    const models = await Promise.all(run.models.map((model) => dashboardModel(project, branch, model)))
    await project.forge.upsertIssue({
      marker: DASHBOARD_MARKER,
      title: TITLE,
      body: renderDashboard(models),
      state: 'open',
    })
  })
}

async function dashboardModel(project: Project, branch: string, run: ModelRun): Promise<DashboardModel> {
  const [manifest, open] = await Promise.all([
    readManifest(project.forge, branch, run.model),
    project.forge.openPullRequest(retrainBranch(run.model)),
  ])
  // Whole days: an hour more is no news, and would write the issue on every run.
  const age =
    manifest === undefined
      ? 0
      : Math.floor((project.clock() - Date.parse(manifest.training.trainedAt)) / DAY_MS) * DAY_MS
  const primary = manifest?.evaluation.primary
  return {
    name: run.model,
    version: manifest?.version ?? null,
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
