import { RefitError } from '../core/error.ts'
import type { CheckRunDraft, PullRequest } from '../forge/forge.ts'
import type { Project } from './project.ts'

/**
 * The verdict beside the newest commit of a pull request. Without the permission the pull request still says the same; any
 * other failure is the run's, and the next one makes up for it.
 */
export async function tellCheck(
  project: Project,
  pull: PullRequest,
  model: string,
  check: Pick<CheckRunDraft, 'conclusion' | 'title' | 'summary'>,
): Promise<void> {
  const headOid = (await project.forge.head(pull.head)) ?? pull.headOid
  try {
    await project.forge.checkRun({ name: `Refit: ${model}`, headOid, ...check })
  } catch (error) {
    if (!(error instanceof RefitError) || error.code !== 'permission') throw error
    project.log.warn(`#${pull.number} has no check run: ${error.message}. ${error.hint ?? ''}`.trim())
  }
}
