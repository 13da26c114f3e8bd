import { RefitError } from '../core/error.ts'
import type { Plan } from './plan.ts'
import type { Project } from './project.ts'
import type { ModelRun } from './run.ts'

type Comment = NonNullable<Plan['comment']>

/** Only people who may write to the repository command the bot. Anyone else gets an answer and nothing more. */
export async function refuseStrangers(project: Project, comment: Comment): Promise<void> {
  const permission = await project.forge.permission(comment.author)
  if (permission === 'write' || permission === 'admin') {
    await bestEffort(project, () => project.forge.react(comment.id, 'eyes'))
    return
  }
  await bestEffort(project, () => project.forge.react(comment.id, '-1'))
  throw new RefitError(
    'permission',
    `@${comment.author} may not command Refit here: it takes write permission, and theirs is “${permission}”`,
    {
      hint: 'Ask somebody with write permission to repeat the comment.',
    },
  )
}

/** The answer: a reaction on the comment, and one line for each model. */
export async function reactToComment(project: Project, comment: Comment, runs: readonly ModelRun[]): Promise<void> {
  const error = runs.some((run) => run.error !== undefined)
  await bestEffort(project, () => project.forge.react(comment.id, error ? '-1' : 'rocket'))
  const lines = runs.map(
    (run) =>
      `- **${run.model}**: ${run.note || run.outcome}${run.pullRequest === undefined ? '' : ` (#${run.pullRequest.number})`}`,
  )
  const marker = `<!-- refit:answer=${comment.id} -->`
  await bestEffort(project, () =>
    project.forge.upsertComment(comment.issue, marker, `${marker}\n${lines.join('\n')}\n`),
  )
}

async function bestEffort(project: Project, body: () => Promise<void>): Promise<void> {
  try {
    await body()
  } catch (error) {
    if (!(error instanceof RefitError)) throw error
    project.log.warn(`the answer to the comment could not be written: ${error.message}`)
  }
}
