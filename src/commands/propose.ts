import { RefitError } from '../core/error.ts'
import { prettyJson } from '../core/json.ts'
import { schemaPath } from '../data/schema/path.ts'
import type { PullRequest } from '../forge/forge.ts'
import { artifactFolder, manifestPath, retrainBranch, type Manifest } from '../registry/manifest.ts'
import { renderModelCard } from '../report/model-card.ts'
import { renderPullRequest } from '../report/pull-request.ts'
import type { RunRecord } from '../report/run-record.ts'
import type { ArtifactFile } from '../training/types.ts'
import type { Project } from './project.ts'

/** Carried by every commit of the bot on a retrain branch; its absence means that a person has worked there. */
const TRAILER = 'Refit-Candidate:'

export interface Proposal {
  readonly project: Project
  readonly base: { readonly branch: string; readonly commit: string }
  readonly record: RunRecord
  readonly manifest: Manifest
  readonly files: readonly ArtifactFile[]
  /** Text of the schema that the version proposes with itself; undefined where the committed one stays. */
  readonly schema?: string | undefined
}

/** One commit on the model's retrain branch, laid on the newest base, and the one pull request that shows it. */
export async function proposeCandidate({ project, base, record, manifest, files, schema }: Proposal) {
  const { forge } = project
  const branch = retrainBranch(record.model)
  const expected = await forge.head(branch)
  if (expected !== undefined) await refuseForeignWork(project, branch, expected, record.model)
  const folder = artifactFolder(record.model, record.candidateVersion)
  const { title, body, draft, labels } = renderPullRequest(record)
  await forge.commit({
    branch,
    expected,
    base: base.commit,
    message: `${title}\n\n${record.verdict.reason}\n\n${TRAILER} ${record.candidateId}`,
    files: new Map<string, Uint8Array | string>([
      [manifestPath(record.model), prettyJson(manifest)],
      ...(schema === undefined ? [] : [[schemaPath(record.model), schema] as const]),
      ...files.map((file): [string, Uint8Array] => [`${folder}/${file.path}`, file.content]),
      [`${folder}/record.json`, prettyJson(record)],
      [`${folder}/card.md`, renderModelCard(record)],
    ]),
  })
  const { pullRequest, outcome } = await forge.upsertPullRequest({
    head: branch,
    base: base.branch,
    title,
    body,
    draft,
    labels,
  })
  await tellCheck(project, pullRequest, record)
  return {
    outcome: draft ? ('draft' as const) : outcome === 'created' ? ('proposed' as const) : ('updated' as const),
    record,
    pullRequest,
  }
}

async function refuseForeignWork(project: Project, branch: string, head: string, model: string): Promise<void> {
  const open = await project.forge.openPullRequest(branch)
  if (open === undefined) return
  const [newest] = await project.forge.history(head, manifestPath(model), 1)
  if (newest !== undefined && newest.message.includes(TRAILER)) return
  throw new RefitError('forge', `pull request #${open.number} was edited by a person, so Refit leaves it alone`, {
    hint: `Merge or close it, or delete the branch ${branch}, and run again.`,
  })
}

/** A check run is a convenience: without the permission the pull request says the same. */
async function tellCheck(project: Project, pull: PullRequest, record: RunRecord): Promise<void> {
  const conclusion =
    record.verdict.outcome === 'pass' ? 'success' : record.verdict.outcome === 'fail' ? 'failure' : 'neutral'
  try {
    await project.forge.checkRun({
      name: `Refit: ${record.model}`,
      headOid: (await project.forge.head(pull.head)) ?? pull.headOid,
      conclusion,
      title: `${record.model} v${record.candidateVersion}: ${record.verdict.outcome}`,
      summary: record.verdict.reason,
    })
  } catch (error) {
    if (!(error instanceof RefitError)) throw error
    project.log.debug(`no check run: ${error.message}`)
  }
}
