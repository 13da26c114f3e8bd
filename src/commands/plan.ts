import { RefitError } from '../core/error.ts'
import { closest } from '../core/suggest.ts'
import { clip } from '../core/text.ts'
import { DASHBOARD_MARKER, parseDashboard } from '../report/dashboard.ts'
import { commentCommands, type CommentCommand } from './comment-commands.ts'

/** The facts of an event that decide what is done. Read from the payload by the entry point; all of them untrusted. */
export interface EventFacts {
  /** `schedule`, `workflow_dispatch`, `push`, …; `cli` on a laptop. */
  readonly name: string
  readonly actor: string
  readonly repository: string
  /** `refs/heads/main`. */
  readonly ref: string
  readonly defaultBranch: string
  readonly pullRequest?:
    | {
        readonly number: number
        readonly merged: boolean
        readonly headRef: string
        readonly headRepository: string
        readonly action: string
      }
    | undefined
  readonly comment?:
    | {
        readonly id: number
        readonly body: string
        readonly author: string
        readonly bot: boolean
        readonly issue: number
        /** `created`, `edited`, `deleted`. */
        readonly action: string
      }
    | undefined
  /** The workflow run, the same for all its attempts. */
  readonly runId?: string | undefined
  /** Of an `issues` event, which anybody can bring about who has an issue of their own. */
  readonly issue?: { readonly number: number; readonly body: string; readonly sender: string } | undefined
  readonly dispatch?:
    | { readonly type: string; readonly model?: string | undefined; readonly reason?: string | undefined }
    | undefined
}

/** What the user of the Action typed into `with:`. Empty strings mean “not given”. */
export interface CommandInputs {
  readonly command: string
  readonly model: string
  readonly reason: string
}

/** What a person asks of a rollout. */
export type Steering = 'hold' | 'resume' | 'advance' | 'rollback'

/** What a run has to do, before it has looked at the repository. Every kind is idempotent. */
export type Work =
  | { readonly kind: 'check'; readonly model: string }
  | {
      readonly kind: 'refresh'
      readonly model: string
      readonly manual: boolean
      readonly reason: string | null
    }
  | { readonly kind: 'rollout'; readonly model: string }
  | {
      readonly kind: 'steer'
      readonly command: Steering
      readonly model: string
      readonly reason: string
    }
  | { readonly kind: 'status'; readonly model: string }
  /** Asked for in words that mean nothing here: answered, and nothing else. */
  | { readonly kind: 'refuse'; readonly error: RefitError }
  | { readonly kind: 'nothing'; readonly why: string }

export interface Plan {
  readonly work: readonly Work[]
  /** The work was asked for in a comment: its author needs write permission, and the comment gets a reaction. */
  readonly comment: { readonly id: number; readonly author: string; readonly issue: number } | undefined
  /** Set where an edited issue says that it is the dashboard: both it and who edited it are looked at before anything is done. */
  readonly dashboard?: { readonly issue: number; readonly sender: string } | undefined
  /**
   * Names the asking of a person (a comment, a workflow run; undefined where nothing does): the same asking again
   * completes what is missing, and does nothing a second time.
   */
  readonly operation?: string | undefined
}

export const COMMANDS = [
  'auto',
  'check',
  'retrain',
  'rollout',
  'rollback',
  'hold',
  'resume',
  'advance',
  'status',
] as const
export type CommandName = (typeof COMMANDS)[number]
type Verb = Exclude<CommandName, 'auto'>
const VERBS = COMMANDS.filter((command): command is Verb => command !== 'auto')

const BOT_BRANCH = /^refit\/(retrain|revert)\//

/**
 * Event and inputs → work. `auto` goes by the event; anything else is done as it was asked for. Pure: the payload only
 * chooses *which* question is asked, the answer always comes from the repository's state.
 */
export function planWork(event: EventFacts, inputs: CommandInputs): Plan {
  const command = (inputs.command || 'auto') as CommandName
  if (!COMMANDS.includes(command)) {
    throw new RefitError('usage', `the input “command” is “${inputs.command}”, which Refit does not know`, {
      hint: `Use one of: ${COMMANDS.join(', ')}.`,
    })
  }
  if (event.comment !== undefined) return planComment(event.comment, inputs.model)
  if (event.name === 'issues') return planDashboard(event)
  if (command === 'auto') return { work: planEvent(event, inputs), comment: undefined }
  const reason = inputs.reason || (STEERING.has(command) ? `asked for by ${command}` : '')
  const operation = event.runId === undefined ? undefined : `run/${event.runId}`
  return { work: [workOf(command, inputs.model, reason)], comment: undefined, operation }
}

const STEERING: ReadonlySet<CommandName> = new Set<Steering>(['hold', 'resume', 'advance', 'rollback'])

function workOf(command: Verb, model: string, reason: string): Work {
  switch (command) {
    case 'check':
    case 'status':
    case 'rollout':
      return { kind: command, model }
    case 'retrain':
      return { kind: 'refresh', model, manual: true, reason: reason || null }
    case 'hold':
    case 'resume':
    case 'advance':
    case 'rollback':
      return { kind: 'steer', command, model, reason }
  }
}

function planEvent(event: EventFacts, inputs: CommandInputs): readonly Work[] {
  const { model } = inputs
  const refresh = (manual: boolean, reason: string | null, which = model): readonly Work[] =>
    refreshWork(which, manual, reason)
  switch (event.name) {
    case 'schedule':
    case 'cli':
      return refresh(false, null)
    case 'workflow_dispatch':
      // A person who gave a reason wants a retraining; one who only pressed the button wants to see whether one is due.
      return refresh(inputs.reason !== '', inputs.reason || null)
    case 'repository_dispatch':
      if (event.dispatch?.type === 'refit-rollout') return [{ kind: 'rollout', model: event.dispatch.model ?? model }]
      return refresh(
        (event.dispatch?.reason ?? '') !== '',
        event.dispatch?.reason ?? null,
        event.dispatch?.model ?? model,
      )
    case 'push':
      if (event.ref !== `refs/heads/${event.defaultBranch}`)
        return [{ kind: 'nothing', why: `the push was to ${event.ref}, not to the default branch` }]
      return [{ kind: 'rollout', model }]
    case 'pull_request':
    case 'pull_request_target':
      return planPullRequest(event, model)
    default:
      return [{ kind: 'nothing', why: `Refit has nothing to do on the event “${event.name}”` }]
  }
}

const refreshWork = (model: string, manual: boolean, reason: string | null): readonly Work[] => [
  { kind: 'rollout', model },
  { kind: 'refresh', model, manual, reason },
]

/** Somebody ticked a box, perhaps: which one is read from the issue itself. */
function planDashboard({ issue }: EventFacts): Plan {
  const nothing = (why: string): Plan => ({ work: [{ kind: 'nothing', why }], comment: undefined })
  if (issue?.body.includes(DASHBOARD_MARKER) !== true) return nothing('the issue is not Refit’s dashboard')
  if (parseDashboard(issue.body).length === 0) return nothing('no box of the dashboard is ticked')
  const dashboard = { issue: issue.number, sender: issue.sender }
  return { work: refreshWork('', false, null), comment: undefined, dashboard }
}

function planPullRequest(event: EventFacts, model: string): readonly Work[] {
  const pull = event.pullRequest
  if (pull === undefined || pull.action !== 'closed')
    return [{ kind: 'nothing', why: 'only closed pull requests matter to Refit' }]
  if (pull.headRepository !== event.repository)
    return [{ kind: 'nothing', why: 'pull requests from forks start nothing' }]
  if (!BOT_BRANCH.test(pull.headRef))
    return [{ kind: 'nothing', why: `pull request #${pull.number} is not one of Refit’s` }]
  if (!pull.merged)
    return [{ kind: 'nothing', why: `pull request #${pull.number} was closed without a merge: the champion stays` }]
  return [
    {
      kind: 'rollout',
      model:
        model ||
        (pull.headRef.split('/')[2] ?? '').replace(
          /^(.*)-v\d+$/,
          pull.headRef.startsWith('refit/revert/') ? '$1' : '$&',
        ),
    },
  ]
}

/** As much of a wrong word as its refusal repeats. */
const MAX_ECHO = 60

function planComment(comment: NonNullable<EventFacts['comment']>, model: string): Plan {
  const nothing = (why: string): Plan => ({ work: [{ kind: 'nothing', why }], comment: undefined })
  if (comment.action === 'edited' || comment.action === 'deleted')
    return nothing(`a comment that was ${comment.action} starts nothing: commands are read once, when they are written`)
  if (comment.bot) return nothing('the comment is a bot’s, and only people command Refit')
  const commands = commentCommands(comment.body)
  if (commands.length === 0) return nothing('the comment holds no /refit command')
  const work = commands.map((command) => commentWork(command, comment.author, model))
  // Training takes long, and nobody who steers a rollout should wait for it.
  const last = (one: Work): boolean => one.kind === 'refresh'
  return {
    work: [...work.filter((one) => !last(one)), ...work.filter(last)],
    comment: { id: comment.id, author: comment.author, issue: comment.issue },
    operation: `comment/${comment.id}`,
  }
}

/** The word after the verb is always the model: a name that nobody knows must not become a reason for all of them. */
function commentWork({ verb, model, reason }: CommentCommand, author: string, fallback: string): Work {
  const command = VERBS.find((known) => known === verb)
  if (command === undefined) return { kind: 'refuse', error: unknownVerb(verb) }
  const why = reason || (STEERING.has(command) ? `asked for by @${author}` : '')
  return workOf(command, model || fallback, why)
}

function unknownVerb(verb: string): RefitError {
  const hint = `Write /refit and one of ${VERBS.join(', ')}; then a model’s name and a reason.`
  if (verb === '') return new RefitError('usage', '“/refit” alone asks for nothing', { hint })
  const meant = closest(verb, VERBS)
  const suggestion = meant === undefined ? '' : `; did you mean “${meant}”?`
  return new RefitError('usage', `Refit has no command “${clip(verb, MAX_ECHO)}”${suggestion}`, { hint })
}
