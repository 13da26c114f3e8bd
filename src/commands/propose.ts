import { prettyJson } from '../core/json.ts'
import { schemaPath } from '../data/schema/path.ts'
import type { CheckRunDraft, PullRequest } from '../forge/forge.ts'
import { foreignWork, signFiles } from '../forge/own-work.ts'
import { artifactFolder, manifestPath, retrainBranch, type Manifest } from '../registry/manifest.ts'
import { readManifest } from '../registry/read.ts'
import { renderModelCard } from '../report/model-card.ts'
import { isWithdrawn, renderPullRequest, withTextAround } from '../report/pull-request.ts'
import type { RunRecord } from '../report/run-record.ts'
import type { ArtifactFile } from '../training/types.ts'
import type { Project } from './project.ts'
import { tellCheck } from './tell-check.ts'
import { readProposed, withdraw } from './withdraw.ts'

const TRAILER = 'Refit-Candidate:'

export interface Proposal {
  readonly project: Project
  readonly base: { readonly branch: string; readonly commit: string }
  readonly record: RunRecord
  readonly manifest: Manifest
  readonly files: readonly ArtifactFile[]
  /** Text of the schema that the version proposes with itself; undefined where the committed one stays. */
  readonly schema?: string | undefined
  /** How the run that proposed last had left the pull request. */
  readonly last?: OwnLook | undefined
}

/** What Refit itself gives a pull request, and people may change. */
export interface OwnLook {
  readonly title: string
  readonly draft: boolean
}

export function ownLook(record: RunRecord): OwnLook {
  const { title, draft } = renderPullRequest(record)
  return { title, draft }
}

export type Proposed =
  | {
      readonly outcome: 'proposed' | 'updated' | 'draft'
      readonly record: RunRecord
      readonly pullRequest: PullRequest
    }
  | { readonly outcome: 'unchanged'; readonly why: string; readonly pullRequest: PullRequest | undefined }

/**
 * One commit on the model's retrain branch, laid on the base that this run has read, and the one pull request that shows
 * it. Nothing is proposed where a person has worked on the branch, or where another version was merged meanwhile.
 */
export async function proposeCandidate(proposal: Proposal): Promise<Proposed> {
  const { project, base, record, manifest, files, schema } = proposal
  const { forge } = project
  const branch = retrainBranch(record.model)
  const open = await forge.openPullRequest(branch)
  const unchanged = (why: string): Proposed => ({ outcome: 'unchanged', why, pullRequest: open })
  const expected = await forge.head(branch)
  const foreign = await workOfOthers(project, record.model, expected, open)
  if (foreign !== undefined) return unchanged(foreign)
  const overtaken = await overtakenBy(proposal)
  if (overtaken !== undefined) return unchanged(overtaken)
  const rendered = renderPullRequest(record)
  const folder = artifactFolder(record.model, record.candidateVersion)
  const committed = new Map<string, Uint8Array | string>([
    [manifestPath(record.model), prettyJson(manifest)],
    ...(schema === undefined ? [] : [[schemaPath(record.model), schema] as const]),
    ...files.map((file): [string, Uint8Array] => [`${folder}/${file.path}`, file.content]),
    [`${folder}/record.json`, prettyJson(record)],
    [`${folder}/card.md`, renderModelCard(record)],
  ])
  // What people made of it is read before the branch moves.
  const { title, draft } = open === undefined ? rendered : await asPeopleLeftIt(proposal, open, rendered)
  await forge.commit({
    branch,
    expected,
    base: base.commit,
    message: signFiles(`${rendered.title}\n\n${record.verdict.reason}\n\n${TRAILER} ${record.candidateId}`, committed),
    files: committed,
  })
  const { pullRequest, outcome } = await forge.upsertPullRequest({
    head: branch,
    base: base.branch,
    title,
    body: withTextAround(rendered.body, open?.body),
    draft,
    labels: rendered.labels,
  })
  await tellCheck(project, pullRequest, record.model, {
    conclusion: conclusionOf(record, pullRequest),
    title: `${record.model} v${record.candidateVersion}: ${record.verdict.outcome}`,
    summary: record.verdict.reason,
  })
  // Merged in the very moment in which it was proposed: the comparison is one with yesterday's champion.
  const late = await overtakenBy(proposal)
  if (late !== undefined)
    return { outcome: 'unchanged', why: late, pullRequest: await withdraw(project, record.model, pullRequest, late) }
  return {
    outcome: record.verdict.outcome !== 'pass' ? 'draft' : outcome === 'created' ? 'proposed' : 'updated',
    record,
    pullRequest,
  }
}

/** `neutral` counts as passed where a check is required: only a draft, which cannot be merged anyway, may have it. */
function conclusionOf({ verdict }: RunRecord, { draft }: PullRequest): CheckRunDraft['conclusion'] {
  if (verdict.outcome === 'pass') return 'success'
  return verdict.outcome === 'inconclusive' && draft ? 'neutral' : 'failure'
}

/** Why a branch is left alone: it holds what no run of Refit has written. Undefined where it may be rebuilt. */
export async function workOfOthers(
  project: Project,
  model: string,
  head: string | undefined,
  open: PullRequest | undefined,
): Promise<string | undefined> {
  const foreign = head === undefined ? undefined : await foreignWork(project.forge, head)
  if (foreign === undefined) return undefined
  const branch = retrainBranch(model)
  const where = open === undefined ? `the branch ${branch}` : `pull request #${open.number}`
  const files = foreign.files.length === 0 ? '' : ` on ${foreign.files.join(', ')}`
  const why = `${where} holds work of a person${files} (up to ${foreign.commit}), so Refit leaves it alone`
  project.log.warn(`${model}: ${why}. Merge or close it and delete the branch ${branch}; the next run goes on then.`)
  return why
}

/** Why the comparison is out of date: the default branch has another champion than the one that was compared with. */
async function overtakenBy({ project, base, record }: Proposal): Promise<string | undefined> {
  const head = await project.forge.head(base.branch)
  if (head === undefined || head === base.commit) return undefined
  const now = await readManifest(project.forge, head, record.model)
  if (now?.artifact.digest === record.champion?.digest) return undefined
  const current = now === undefined ? 'there is no champion any more' : `v${now.version} became the champion`
  return `${current} while this run trained, so that nothing was proposed; the next run compares with it`
}

/**
 * Title and draft state as a person has set them; the bot's own are written anew. The bot's own are those of the last run
 * that went to its end, or of the branch: a run that was cut off has moved the branch and not yet changed the title.
 */
async function asPeopleLeftIt(
  { project, record: { model }, last }: Proposal,
  open: PullRequest,
  rendered: OwnLook,
): Promise<OwnLook> {
  const [newest] = await project.forge.history(open.headOid, manifestPath(model), 1)
  const committed = newest?.message.includes(TRAILER) === true ? newest.message.split('\n', 1)[0] : undefined
  const own = [committed, last?.title].filter((title) => title !== undefined)
  const { manifest } = await readProposed(project, model, open)
  const wasDraft = last?.draft ?? manifest?.evaluation.verdict !== 'pass'
  const wasReady = !wasDraft && !isWithdrawn(open.body)
  return {
    title: own.length === 0 || own.includes(open.title.trim()) ? rendered.title : open.title,
    draft: rendered.draft || (wasReady && open.draft),
  }
}
