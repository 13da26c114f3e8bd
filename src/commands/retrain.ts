import { relative, resolve } from 'node:path'
import type { ModelConfig } from '../config/schema.ts'
import { isoTime } from '../core/clock.ts'
import type { DataReport } from '../data/types.ts'
import { manifestChanges } from '../registry/changes.ts'
import { artifactFolder, retrainBranch } from '../registry/manifest.ts'
import { MISREAD } from '../data/misread.ts'
import type { PullRequest } from '../forge/forge.ts'
import type { RunRecord } from '../report/run-record.ts'
import { candidateId, dataFingerprint } from './candidate-id.ts'
import { schemaChange } from './data-schema.ts'
import { lastRejection } from './decision.ts'
import { trainCandidate } from './candidate.ts'
import type { CheckResult } from './check.ts'
import type { Champion } from './champion.ts'
import { judgeCandidate } from './judge-candidate.ts'
import { type LastRun, readLastRun, readLedger, writeLastRun } from './memory.ts'
import { nextManifest } from './next-manifest.ts'
import type { Project } from './project.ts'
import { ownLook, proposeCandidate, workOfOthers } from './propose.ts'
import { repositoryRoot } from './repository-root.ts'
import { reproduceLine } from './reproduce.ts'
import { retryAfterRows, tooSoon } from './retry.ts'
import { type Checkout, lookAtCheckout, NO_CHECKOUT } from './source-state.ts'
import { createTimer } from './timer.ts'
import { withdraw } from './withdraw.ts'
import { REFIT_VERSION } from './version.ts'

export type RetrainResult =
  | {
      readonly outcome: 'unchanged'
      readonly why: string
      readonly pullRequest: PullRequest | undefined
      /** What the run before said of the same candidate, where it is worth saying still. */
      readonly standing?: string | undefined
    }
  | {
      readonly outcome: 'gate-failed' | 'dry-run'
      readonly record: RunRecord
      readonly pullRequest: PullRequest | undefined
    }
  | {
      readonly outcome: 'proposed' | 'updated' | 'draft'
      readonly record: RunRecord
      readonly pullRequest: PullRequest
    }

/**
 * Trains a candidate, proves it, and proposes it. The same data, configuration and champion as last time: nothing is
 * done, unless a person asks for what a person had closed. `force` trains all the same.
 */
export async function retrainModel(
  project: Project,
  model: ModelConfig,
  check: CheckResult,
  options: { readonly force: boolean; readonly dryRun: boolean },
): Promise<RetrainResult> {
  const { forge, log } = project
  const id = candidateId(model, await dataFingerprint(project, model), check.champion)
  const open = await forge.openPullRequest(retrainBranch(model.name))
  const last = await readLastRun(forge, model.name, log)
  const operation = project.request.operation ?? undefined
  const followed = operation !== undefined && last?.operation === operation
  const same = last !== undefined && !options.force && last.candidateId === id
  const closed = same && !followed && open === undefined ? await lastRejection(project, model.name) : undefined
  const rejected = closed !== undefined && closed.at >= Date.parse(last?.at ?? '') ? closed : undefined
  // Who asks for what was closed wants it after all.
  const wanted = rejected !== undefined && project.request.manual
  if (last !== undefined && (followed || (same && !wanted))) {
    const said = last.sentence ?? last.reason
    const standing = last.sentence ?? (last.verdict === 'pass' ? undefined : last.reason)
    const where =
      open !== undefined
        ? `; see pull request #${open.number}`
        : rejected !== undefined
          ? `; pull request #${rejected.number} was closed without a merge, and is proposed again where somebody asks for a retraining`
          : ''
    return {
      outcome: 'unchanged',
      why: followed
        ? said
        : `data, configuration and champion are the same as on ${last.at} (${last.verdict}: ${last.reason})${where}`,
      pullRequest: open,
      standing,
    }
  }

  const foreign = options.dryRun
    ? undefined
    : await workOfOthers(project, model.name, await forge.head(retrainBranch(model.name)), open)
  if (foreign !== undefined) return { outcome: 'unchanged', why: foreign, pullRequest: open }

  const asked = check.triggers.some((trigger) => trigger.trigger === 'manual' && trigger.status === 'fired')
  const championDigest = check.champion?.manifest.artifact.digest ?? null
  const wait = options.force || asked ? undefined : tooSoon(last, { rows: check.rowsLabelled, championDigest })
  if (wait !== undefined) return { outcome: 'unchanged', why: wait, pullRequest: open, standing: wait }

  const version = await nextVersion(project, model.name, check)
  log.info(
    `${model.name}: training candidate v${version}${check.champion === undefined ? '' : ` against v${check.champion.manifest.version}`}`,
  )
  const build = (): ReturnType<typeof buildCandidate> => buildCandidate(project, model, check, id, version)
  const { record, manifest, files, use, schema } = await (project.remember?.(
    `${id}/${version}/${staleBy(model, check) ?? ''}`,
    build,
  ) ?? build())
  const again = record.artifact.digest === championDigest ? check.champion?.manifest.version : undefined
  const unchanged =
    again === undefined
      ? undefined
      : { outcome: 'unchanged' as const, why: sameAgain(again), pullRequest: open, standing: sameAgain(again) }
  if (options.dryRun) return unchanged ?? { outcome: 'dry-run', record, pullRequest: open }
  const outcome = record.verdict.outcome
  const withdrawn = (reason: string): Promise<PullRequest | undefined> =>
    open === undefined ? Promise.resolve(undefined) : withdraw(project, model.name, open, reason)
  const result: RetrainResult =
    unchanged !== undefined
      ? { ...unchanged, pullRequest: await withdrawn(unchanged.why) }
      : outcome === 'fail'
        ? { outcome: 'gate-failed', record, pullRequest: await withdrawn(failedLater(record)) }
        : await proposeCandidate({ project, base: check.base, record, manifest, files, schema, last: last?.proposed })
  // What was left alone or overtaken has come to nothing: the next run tries again.
  if (result.outcome === 'unchanged' && again === undefined) return result
  // Last, so that a run which was killed half-way is repeated and not forgotten.
  const run: LastRun = {
    schemaVersion: 1,
    candidateId: id,
    verdict: outcome,
    reason: record.verdict.reason,
    at: isoTime(project.clock()),
    rows: record.data.rowsKept,
    retryAfterRows: retryAfterRows(record),
    championDigest,
    proposed: result.outcome === 'gate-failed' || unchanged !== undefined ? last?.proposed : ownLook(record),
    sentence: unchanged?.why,
    operation,
  }
  await writeLastRun(forge, model.name, run, use)
  return result
}

const failedLater = ({ verdict }: RunRecord): string =>
  `the candidate of a later run failed its gates: ${verdict.reason}`

const sameAgain = (version: number): string =>
  `the candidate is v${version} again, byte for byte: data, configuration and seed gave the same model`

/** One more than the highest version that was ever merged: a version that was rolled back keeps its number. */
async function nextVersion(project: Project, model: string, check: CheckResult): Promise<number> {
  const files = await project.forge.listFiles(check.base.commit, `models/${model}/versions`)
  const numbers = files.map((path) => Number(/\/versions\/(\d+)\//.exec(path)?.[1] ?? 0))
  return Math.max(0, check.champion?.manifest.version ?? 0, ...numbers) + 1
}

async function buildCandidate(project: Project, model: ModelConfig, check: CheckResult, id: string, version: number) {
  const { champion, triggers } = check
  const timer = createTimer()
  const startedAt = isoTime(project.clock())
  // Before anything is trained for nothing.
  const ledger = await readLedger(project.forge, model.name)
  const candidate = await trainCandidate(project, model, champion, timer, {
    failing: shownStale(check) ? (check.worsened?.at ?? 0) : undefined,
    told: check.findings.filter(({ rule }) => MISREAD.has(rule)),
  })
  try {
    const occasion = {
      version,
      candidateId: id,
      at: startedAt,
      ledger,
      log: project.log,
      staleBy: staleBy(model, check),
    }
    const judgement = await judgeCandidate(model, candidate, champion, occasion, timer)
    timer.phase('report')
    const manifest = nextManifest({
      project,
      model,
      version,
      candidateId: id,
      candidate,
      champion,
      judgement,
      triggers,
    })
    const { trained, split } = candidate
    const schema = await schemaChange(project, model, check.base.commit, champion, candidate)
    const checkout = await checkoutOf(project, model, [
      ...candidate.data.files,
      ...(candidate.data.heldOut?.files ?? []),
    ])
    const codeCommit = checkout.commit ?? project.request.codeCommit
    const record: RunRecord = {
      schemaVersion: 1,
      model: model.name,
      task: candidate.task,
      taskBasis: candidate.taskBasis,
      refitVersion: REFIT_VERSION,
      startedAt,
      candidateId: id,
      candidateVersion: version,
      champion: championFacts(champion),
      requestedBy: project.request.by,
      reason: project.request.reason,
      codeCommit,
      runUrl: project.request.runUrl,
      triggers,
      decision: check.decision,
      data: candidate.data,
      quality: [...candidate.quality, ...judgement.findings],
      training: {
        trainer: model.train.trainer,
        model: model.train.model,
        engine: trained.engine,
        engineVersion: trained.engineVersion,
        seed: model.train.seed,
        rows: split.train.length,
        validationRows: split.validation.length,
        features: candidate.spec.outputs.length,
        parameters: trained.parameters,
        epochs: trained.history.length,
        bestEpoch: trained.bestEpoch,
        history: trained.history,
        config: model.train,
        ...(candidate.incremental === undefined ? {} : { incremental: candidate.incremental }),
        ...(candidate.window === undefined ? {} : { window: candidate.window }),
      },
      evaluation: judgement.evaluation,
      judged: {
        gates: judgement.judgedBy,
        fairness: { 'max-difference': model.evaluate.fairness?.['max-difference'] },
        minHoldout: model.evaluate['min-holdout'],
        expectNearPerfect: model.evaluate['expect-near-perfect'],
      },
      gates: judgement.gates,
      verdict: judgement.verdict,
      artifact: {
        digest: manifest.artifact.digest,
        bytes: manifest.artifact.files.reduce((sum, file) => sum + file.bytes, 0),
        folder: artifactFolder(model.name, version),
      },
      manifestChanges: manifestChanges(champion?.manifest ?? null, manifest),
      ...(schema !== undefined && schema.diff !== '' && { schemaDiff: schema.diff }),
      rollout: model.rollout,
      reproduce: reproduceLine({
        checkout,
        codeCommit,
        model: model.name,
        configPath: project.configPath,
        refit: project.refit,
      }),
      ...(project.replay === undefined ? { source: checkout.state } : {}),
      timings: timer.stop(),
    }
    return { record, manifest, files: candidate.files, use: judgement.use, schema: schema?.text }
  } finally {
    candidate.model.dispose()
  }
}

/** A life that is lived through again has no checkout of its own. */
async function checkoutOf(project: Project, model: ModelConfig, files: DataReport['files']): Promise<Checkout> {
  const paths = files.map(({ path }) => path)
  const { postgres, command } = model.data
  const isElsewhere = (path: string): boolean =>
    postgres !== undefined || command !== undefined || /^https?:\/\//i.test(path)
  const { root, configPath, replay } = project
  if (replay !== undefined) return NO_CHECKOUT
  const home = (await repositoryRoot(root)) ?? root
  return lookAtCheckout({
    root,
    configPath: relative(root, resolve(home, configPath)),
    files: paths.filter((path) => !isElsewhere(path)),
    elsewhere: paths.filter(isElsewhere),
  })
}

/** Whether the performance trigger has shown that the champion fails on the new rows. */
const shownStale = ({ triggers }: CheckResult): boolean =>
  triggers.some(({ trigger, status }) => trigger === 'performance' && status === 'fired')

/** The configured drop, where the trigger has shown that the champion is stale by the metric that decides. */
function staleBy({ triggers, evaluate }: ModelConfig, check: CheckResult): number | undefined {
  const { performance } = triggers
  const { champion } = check
  if (performance === false || champion === undefined || !shownStale(check)) return undefined
  const primary = evaluate.primary ?? champion.manifest.evaluation.primary
  return performance.metric === undefined || performance.metric === primary ? performance.drop : undefined
}

function championFacts(champion: Champion | undefined): RunRecord['champion'] {
  if (champion === undefined) return null
  const { version, artifact, training } = champion.manifest
  return { version, digest: artifact.digest, trainedAt: training.trainedAt }
}
