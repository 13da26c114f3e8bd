import { RefitError } from '../core/error.ts'
import { clip, escapeMarkdown } from '../core/text.ts'
import type { Plan } from './plan.ts'
import type { Project } from './project.ts'
import type { ModelRun } from './run.ts'

type Comment = NonNullable<Plan['comment']>

/** As much of a sentence as an answer quotes. */
const MAX_NOTE = 1000

/** Only people who may write to the repository command the bot. To anyone else it says nothing at all. */
export async function mayCommand(project: Project, comment: Comment): Promise<boolean> {
  const permission = await project.forge.permission(comment.author)
  return permission === 'write' || permission === 'admin'
}

/** The comment was read: what it asks for begins. */
export async function acknowledge(project: Project, comment: Comment): Promise<void> {
  await bestEffort(project, () => project.forge.react(comment.id, 'eyes'))
}

/** What came of one command for one model. */
export function answerLine(run: ModelRun): string {
  const pull = run.pullRequest === undefined ? '' : ` (#${run.pullRequest.number})`
  // An error names its model by itself, for a log in which nothing else does.
  const { model, note, outcome } = run
  const said = note.startsWith(`${model}: `) ? note.slice(model.length + 2) : note || outcome
  return `- **${run.model}**: ${escapeMarkdown(clip(said, MAX_NOTE))}${pull}`
}

/** Why a command was not followed, and how to ask. */
export function refusalLine(error: RefitError): string {
  const sentence = error.message.endsWith('?') ? error.message : `${error.message}.`
  return `- ${escapeMarkdown([sentence, ...(error.hint === undefined ? [] : [error.hint])].join(' '))}`
}

/** The answer, found again by the comment’s id: a reaction on the comment, and a line for each command and model. */
export async function answer(
  project: Project,
  comment: Comment,
  { lines, done }: { readonly lines: readonly string[]; readonly done: boolean },
): Promise<void> {
  await bestEffort(project, () => project.forge.react(comment.id, done ? 'rocket' : '-1'))
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
