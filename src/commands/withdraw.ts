import { isoTime } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import type { ModelConfig } from '../config/schema.ts'
import type { PullRequest } from '../forge/forge.ts'
import { artifactFolder, retrainBranch, type Manifest } from '../registry/manifest.ts'
import { readManifest } from '../registry/read.ts'
import { isWithdrawn, renderWithdrawal, withTextAround } from '../report/pull-request.ts'
import { parseRecord } from '../report/record/parse.ts'
import type { RunRecord } from '../report/run-record.ts'
import { candidateId } from './candidate-id.ts'
import type { CheckResult } from './check.ts'
import { rewrittenFile } from './judged-data.ts'
import type { Project } from './project.ts'
import { tellCheck } from './tell-check.ts'
import { REFIT_VERSION } from './version.ts'

/** What an open pull request proposes, as far as its branch can still be read. */
export interface Proposed {
  readonly manifest: Manifest | undefined
  readonly record: RunRecord | undefined
}

export async function readProposed(project: Project, model: string, open: PullRequest): Promise<Proposed> {
  const manifest = await unlessDamaged(() => readManifest(project.forge, open.headOid, model))
  if (manifest === undefined) return { manifest, record: undefined }
  const path = `${artifactFolder(model, manifest.version)}/record.json`
  const record = await unlessDamaged(async () => {
    const bytes = await project.forge.readFile(open.headOid, path)
    return bytes && parseRecord(new TextDecoder().decode(bytes), path)
  })
  return { manifest, record }
}

/** A person may have changed it: that is no reason to fail, and what cannot be read is not shown. */
async function unlessDamaged<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof RefitError && error.code !== 'forge' && error.code !== 'permission') return undefined
    throw error
  }
}

/**
 * Takes the verdict of an open pull request back: a draft with a failed check, whose text says why. Where a repository
 * has no drafts it is closed. Done once; a person who then marks it ready has decided. Returns it as it is afterwards.
 */
export async function withdraw(
  project: Project,
  model: string,
  open: PullRequest,
  reason: string,
): Promise<PullRequest> {
  if (isWithdrawn(open.body)) return open
  const { record } = await readProposed(project, model, open)
  const { runUrl } = project.request
  const version = record === undefined ? model : `${model} v${record.candidateVersion}`
  project.log.warn(`${model}: the verdict of pull request #${open.number} is withdrawn: ${reason}`)
  const run = runUrl === null ? '' : `\n\nRun: ${runUrl}`
  await tellCheck(project, open, model, {
    conclusion: 'failure',
    title: `${version}: withdrawn`,
    summary: `${reason}.${run}`,
  })
  const { head, base, title } = open
  const body = renderWithdrawal(record, { reason, at: isoTime(project.clock()), runUrl })
  const { pullRequest } = await project.forge.upsertPullRequest({
    head,
    base,
    title,
    body: withTextAround(body, open.body),
    draft: true,
    labels: [],
  })
  if (pullRequest.draft) return pullRequest
  await project.forge.closePullRequest(open.number)
  return { ...pullRequest, state: 'closed' }
}

/**
 * After a run that proposed nothing: withdraws the open pull request of a model whose verdict no longer holds, although
 * no later candidate was held against it. A run that could not look says nothing, and takes nothing back.
 */
export async function withdrawStale(
  project: Project,
  model: ModelConfig,
  check: CheckResult,
): Promise<PullRequest | undefined> {
  if (project.replay !== undefined || check.error !== undefined) return undefined
  const open = await project.forge.openPullRequest(retrainBranch(model.name))
  if (open === undefined || isWithdrawn(open.body)) return undefined
  const proposed = await readProposed(project, model.name, open)
  const reason = await staleReason(project, model, check, proposed)
  return reason === undefined ? undefined : withdraw(project, model.name, open, reason)
}

/** Why the verdict of an open pull request no longer holds; undefined where nothing speaks against it. */
async function staleReason(
  project: Project,
  model: ModelConfig,
  check: CheckResult,
  { manifest, record }: Proposed,
): Promise<string | undefined> {
  // Without its manifest nobody can tell what it proposes: it is a person's by now.
  if (manifest === undefined) return undefined
  const { version, previous } = manifest
  const champion = check.champion?.manifest
  if (champion?.artifact.digest !== previous?.digest) {
    const then = previous === null ? 'there was no champion' : `the champion was v${previous.version}`
    const now = champion === undefined ? 'there is none' : `it is v${champion.version}`
    return `when v${version} was judged ${then}, and now ${now}`
  }
  if (record === undefined) return undefined
  const judgedUnder = candidateId(model, record.data.fingerprint, check.champion)
  if (judgedUnder !== record.candidateId && (await isCommitted(project, check.base.commit)))
    return record.refitVersion === REFIT_VERSION
      ? `the configuration of ${model.name} has changed since v${version} was judged`
      : `v${version} was judged by Refit ${record.refitVersion}, or under another configuration than that of today`
  if (check.triggers.some(({ status }) => status === 'fired' || status === 'unchecked')) return undefined
  const file = await rewrittenFile(project, model, record)
  return file && `${file} is no longer what v${version} was judged on, and no trigger fires on the data of today`
}

/** Whether the configuration of this run is that of the default branch, and nobody's experiment. */
async function isCommitted({ forge, configPath, configText }: Project, base: string): Promise<boolean> {
  const there = await forge.readFile(base, configPath)
  return there !== undefined && new TextDecoder().decode(there) === configText
}
