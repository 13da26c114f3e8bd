import { RefitError } from '../core/error.ts'
import { manifestPath, retrainBranch } from '../registry/manifest.ts'
import { renderRolloutComment } from '../report/rollout-text.ts'
import type { TickResult } from '../rollout/tick.ts'
import type { Project } from './project.ts'

/**
 * Keeps one comment on the merged pull request that brought the version up to date, so that whoever merged it sees
 * where it is. A convenience: without the permission a tick goes on.
 */
export async function followOnPullRequest(project: Project, result: TickResult): Promise<void> {
  if (!result.changed || result.state.rollout === null) return
  const { forge, log } = project
  try {
    const closed = await forge.pullRequests({ state: 'closed', headPrefix: retrainBranch(result.model) })
    const brought = closed.find((pull) => pull.merged && pull.head === retrainBranch(result.model))
    if (brought?.mergeCommit === undefined) return
    const manifest = await forge.readFile(brought.mergeCommit, manifestPath(result.model))
    const version =
      manifest === undefined
        ? undefined
        : (JSON.parse(new TextDecoder().decode(manifest)) as { version?: unknown }).version
    if (version !== result.state.rollout.to.version) return
    const { marker, body } = renderRolloutComment(result.state)
    await forge.upsertComment(brought.number, marker, body)
  } catch (error) {
    if (!(error instanceof RefitError) && !(error instanceof SyntaxError)) throw error
    log.debug(`no rollout comment: ${error.message}`)
  }
}
