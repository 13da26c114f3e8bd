import { RefitError } from '../core/error.ts'
import { retrainBranch } from '../registry/manifest.ts'
import { readManifest } from '../registry/read.ts'
import { renderRolloutComment } from '../report/rollout-text.ts'
import type { TickResult } from '../rollout/tick.ts'
import type { Project } from './project.ts'

/** A comment that a run left behind, because it was cut off, is brought up to date by the runs of a day. */
const FOLLOWED_MS = 86_400_000

/**
 * Keeps one comment on the merged pull request that brought the version up to date, so that whoever merged it sees
 * where it is. A convenience: without the permission a tick goes on.
 */
export async function followOnPullRequest(project: Project, result: TickResult): Promise<void> {
  const { forge, log, clock } = project
  const { rollout } = result.state
  if (rollout === null || (!result.changed && clock() - Date.parse(rollout.updatedAt) > FOLLOWED_MS)) return
  try {
    const closed = await forge.pullRequests({ state: 'closed', head: retrainBranch(result.model) })
    const brought = closed.find((pull) => pull.merged)
    if (brought?.mergeCommit === undefined) return
    const manifest = await readManifest(forge, brought.mergeCommit, result.model)
    if (manifest?.version !== rollout.to.version) return
    const { marker, body } = renderRolloutComment(result.state)
    await forge.upsertComment(brought.number, marker, body)
  } catch (error) {
    if (!(error instanceof RefitError)) throw error
    const told = `no rollout comment: ${error.message}`
    if (error.code === 'permission') log.warn(`${told}. ${error.hint ?? ''}`.trim())
    else log.debug(told)
  }
}
