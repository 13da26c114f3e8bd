import type { ModelConfig } from '../../config/schema.ts'
import { formatDuration } from '../../core/clock.ts'
import { RefitError } from '../../core/error.ts'
import { silentLog } from '../../core/log.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { artifactFolder, manifestPath } from '../../registry/manifest.ts'
import { prettyJson } from '../../core/json.ts'
import type { RunRecord } from '../../report/run-record.ts'
import type { ArtifactFile } from '../../training/types.ts'
import { readBase, readChampion, type Champion } from '../champion.ts'
import { execute } from '../execute.ts'
import type { Project } from '../project.ts'
import type { ModelRun } from '../run.ts'
import type { History } from './history.ts'
import { createMemoryForge, type MemoryForge } from './memory-forge.ts'
import { overall, type Scoreboard } from './scores.ts'
import type { BacktestEvent, PolicyRun } from '../../report/backtest-types.ts'

export interface Policy {
  readonly name: string
  readonly model: ModelConfig
  /** `passed`: what the gates let through is merged. `all`: every candidate, as a schedule without gates would. `none`: the first version stays. */
  readonly deploy: 'passed' | 'all' | 'none'
}

export interface Stage {
  readonly project: Project
  readonly history: History
  readonly board: Scoreboard
  readonly bounds: readonly number[]
  readonly rowsOf: readonly number[]
  /** Candidates by everything they depend on: policies that come to the same point share the training. */
  readonly memory: Map<string, Promise<unknown>>
  tick(note: string): void
}

interface Built {
  readonly record: RunRecord
  readonly manifest: Manifest
  readonly files: readonly ArtifactFile[]
}

/** Nothing but the time since the last training counts. */
export function scheduled(model: ModelConfig, every: number): ModelConfig {
  const schedule = { every, timezone: 'UTC' }
  return { ...model, triggers: { ...model.triggers, ...OFF, schedule } as ModelConfig['triggers'] }
}

const OFF = {
  when: 'any',
  cooldown: { retraining: 0, rejection: 0 },
  'quiet-hours': undefined,
  budget: undefined,
  custom: undefined,
  schedule: false,
  performance: false,
  drift: false,
  volume: false,
} as const

/** The same commands as in production, period by period, with the data and the clock of that day. */
export async function runPolicy(policy: Policy, stage: Stage): Promise<PolicyRun> {
  const { history, board, bounds, rowsOf, memory } = stage
  const start = bounds[0] as number
  let now = start
  let built: Built | undefined
  const forge = createMemoryForge(() => now)
  const project: Project = {
    ...stage.project,
    config: { models: { [policy.model.name]: policy.model }, dashboard: false },
    forge,
    clock: () => now,
    log: silentLog,
    request: { by: 'a backtest', reason: null, manual: false, runUrl: null, codeCommit: null },
    replay: { data: history.at(() => now) },
    async remember<T>(key: string, make: () => Promise<T>): Promise<T> {
      const known = memory.get(key) ?? make()
      memory.set(key, known)
      built = (await known) as Built
      return (await known) as T
    },
  }
  const tally = {
    retrainings: 0,
    promoted: 0,
    refused: 0,
    drafts: 0,
    errors: 0,
    firstError: undefined as string | undefined,
  }
  const events: BacktestEvent[] = []
  const scores: (number | null)[] = []
  let champion = await firstChampion(project, forge, policy, () => built)

  for (let period = 0; period + 1 < bounds.length; period++) {
    scores.push(await board.score(champion, period))
    stage.tick(policy.name)
    now = bounds[period + 1] as number
    // What the last period's end would start has no period left to be scored on.
    if (policy.deploy === 'none' || period + 2 === bounds.length) continue
    built = undefined
    const run = await once(project, policy.model.name)
    const deployed = await deploy(policy, forge, run, built)
    const outcome = outcomeOf(run, deployed, built)
    if (outcome === undefined) continue
    events.push(eventOf(now, outcome, run, built))
    if (outcome === 'error') {
      tally.errors++
      tally.firstError ??= run.error?.message
      continue
    }
    tally.retrainings++
    const verdict = (built as Built | undefined)?.record.verdict.outcome
    if (verdict === 'fail') tally.refused++
    else if (verdict === 'inconclusive') tally.drafts++
    if (!deployed) continue
    tally.promoted++
    champion = await championOf(project, policy.model.name)
  }
  const { errors, firstError, ...counts } = tally
  return {
    name: policy.name,
    scores,
    score: overall(scores, rowsOf),
    ...counts,
    errors: { count: errors, first: firstError },
    events,
  }
}

async function once(project: Project, model: string): Promise<ModelRun> {
  const work = { kind: 'refresh', model, manual: false, reason: null } as const
  const { models } = await execute(project, { work: [work], comment: undefined })
  return models[0] as ModelRun
}

/** The first version is in production whatever its gates say: there is nothing it could be worse than. */
async function firstChampion(
  project: Project,
  forge: MemoryForge,
  policy: Policy,
  built: () => Built | undefined,
): Promise<Champion> {
  const run = await once(project, policy.model.name)
  const first = built()
  if (run.error !== undefined) throw run.error
  if (first === undefined) throw new RefitError('usage', `no first version could be trained: ${run.note}`)
  await place(forge, first)
  return championOf(project, policy.model.name)
}

async function championOf(project: Project, model: string): Promise<Champion> {
  const { commit } = await readBase(project)
  return (await readChampion(project, model, commit)) as Champion
}

async function deploy(policy: Policy, forge: MemoryForge, run: ModelRun, built: Built | undefined): Promise<boolean> {
  if (built === undefined) return false
  if (policy.deploy === 'all') {
    await place(forge, built)
    return true
  }
  if (run.outcome !== 'proposed' && run.outcome !== 'updated') return false
  if (run.pullRequest !== undefined) await forge.merge(run.pullRequest.number)
  return true
}

/** Puts a version into production without asking. */
async function place(forge: MemoryForge, { record, manifest, files }: Built): Promise<void> {
  const branch = await forge.defaultBranch()
  const folder = artifactFolder(manifest.model, manifest.version)
  await forge.commit({
    branch,
    expected: await forge.head(branch),
    message: `${manifest.model} v${manifest.version}`,
    files: new Map<string, Uint8Array | string>([
      [manifestPath(manifest.model), prettyJson(manifest)],
      ...files.map((file): [string, Uint8Array] => [`${folder}/${file.path}`, file.content]),
      [`${folder}/record.json`, prettyJson(record)],
    ]),
  })
}

function outcomeOf(run: ModelRun, deployed: boolean, built: Built | undefined): BacktestEvent['outcome'] | undefined {
  if (run.error !== undefined) return 'error'
  if (built === undefined) return undefined
  if (deployed) return 'promoted'
  return run.outcome === 'draft' ? 'draft' : 'refused'
}

function eventOf(
  at: number,
  outcome: BacktestEvent['outcome'],
  run: ModelRun,
  built: Built | undefined,
): BacktestEvent {
  const fired = run.triggers.filter((trigger) => trigger.status === 'fired')
  return {
    at,
    outcome,
    triggers: fired.map((trigger) => trigger.trigger),
    why: run.error?.message ?? fired[0]?.sentence ?? '',
    verdict: built?.record.verdict.reason ?? '',
  }
}

export const everyName = (every: number): string => `every ${formatDuration(every)}`
