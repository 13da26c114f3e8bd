import type { ModelConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { short } from '../forge/names.ts'
import { readBase } from './champion.ts'
import type { Project } from './project.ts'

/**
 * In a workflow a token is in reach of everything that runs, so that programs come from the default branch: what is
 * checked out is one of its commits. On a laptop people run what they wrote. Throws RefitError `usage`.
 */
export async function refuseForeignCode(project: Project, base: string): Promise<void> {
  const { forge, request, configPath, configText } = project
  const { codeCommit } = request
  if (forge.kind === 'local' || codeCommit === base) return
  if (codeCommit !== null && (await isPartOf(project, base, codeCommit))) return
  const there = await forge.readFile(base, configPath)
  const same = there !== undefined && new TextDecoder().decode(there) === configText
  const what = same
    ? `the checkout${codeCommit === null ? '' : ` (${short(codeCommit)})`}`
    : 'the configuration of this checkout'
  throw new RefitError('usage', `${what} is not that of the default branch, and nothing else is run`, {
    hint: 'Check out the default branch: with actions/checkout, ref: ${{ github.event.repository.default_branch }}.',
  })
}

async function isPartOf({ forge }: Project, base: string, commit: string): Promise<boolean> {
  try {
    const { mergeBase, commits } = await forge.compare(base, commit)
    return mergeBase === commit && commits.length === 0
  } catch (error) {
    // A commit that this forge has never seen.
    if (error instanceof RefitError && error.code === 'forge') return false
    throw error
  }
}

/** Before the data of a model are read: where a command prints them, that it is one of the default branch. */
export async function refuseForeignData(project: Project, { data }: ModelConfig, base?: string): Promise<void> {
  if (data.command === undefined || project.forge.kind === 'local') return
  await refuseForeignCode(project, base ?? (await readBase(project)).commit)
}
