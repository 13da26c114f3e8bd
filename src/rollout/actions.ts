import { RefitError } from '../core/error.ts'
import { escapeMarkdown } from '../core/text.ts'
import type { Forge, PullRequest } from '../forge/forge.ts'
import { openRevert } from './revert.ts'
import type { RolloutAction, RolloutState } from './types.ts'

export interface ActionOptions {
  readonly runUrl?: string | undefined
  /** Whether a rollback or a hold opens an issue (`alerts.issue`). Default: yes. */
  readonly alerts?: boolean | undefined
}

export interface ActionResult {
  /** With what is done taken out of `todo`, and deployment ids noted. */
  readonly state: RolloutState
  readonly warnings: readonly string[]
  readonly revertPullRequest: PullRequest | undefined
}

/**
 * Tells people what a step did. What could not be told stays for the next tick; only a deployment that the token may not
 * write is given up. Of several statuses of a deployment the last one is told: statuses only ever add up on GitHub, and
 * a run that is cut off between two of them could not know where to go on.
 */
export async function runActions(forge: Forge, state: RolloutState, options: ActionOptions): Promise<ActionResult> {
  const warnings: string[] = []
  const left: RolloutAction[] = []
  let next: RolloutState = state
  let revertPullRequest: PullRequest | undefined
  const last = state.todo.findLastIndex(({ kind }) => kind === 'deployment')
  for (const [index, action] of state.todo.entries()) {
    if (action.kind === 'deployment' && index < last) continue
    try {
      switch (action.kind) {
        case 'create-deployment':
          next = await createDeployment(forge, next, action, index > last)
          break
        case 'deployment':
          next = await updateDeployment(forge, next, action, options)
          break
        case 'revert': {
          const facts = { model: state.model, ...action, rollout: state.rollout, runUrl: options.runUrl }
          revertPullRequest = await openRevert(forge, facts)
          break
        }
        case 'alert':
        case 'close-alert':
          if (options.alerts !== false) await alert(forge, state.model, action, options.runUrl)
          break
      }
    } catch (error) {
      if (!(error instanceof RefitError)) throw error
      const given = error.code === 'permission' && isDeployment(action)
      warnings.push(`${LABELS[action.kind]}${given ? '' : ', the next tick tries again'}: ${error.message}`)
      if (!given) left.push(action)
    }
  }
  return { state: { ...next, todo: left }, warnings, revertPullRequest }
}

const LABELS = {
  'create-deployment': 'the deployment could not be created',
  deployment: 'the deployment status could not be set',
  revert: 'the revert pull request could not be opened',
  alert: 'the issue could not be opened',
  'close-alert': 'the issue could not be closed',
} as const

const isDeployment = ({ kind }: RolloutAction): boolean => kind === 'create-deployment' || kind === 'deployment'

async function createDeployment(
  forge: Forge,
  state: RolloutState,
  action: Extract<RolloutAction, { kind: 'create-deployment' }>,
  isLast: boolean,
): Promise<RolloutState> {
  const { id } = await forge.createDeployment({
    ref: action.version.commit,
    environment: state.environment,
    description: `${state.model} v${action.version.version}`,
    production: true,
    // A pointer, not the state: the state lives on its branch.
    payload: { model: state.model, rolloutId: state.rollout?.id ?? '', version: String(action.version.version) },
  })
  if (isLast) await forge.deploymentStatus(id, { state: 'in_progress', description: short(action.sentence) })
  return { ...state, deploymentId: id }
}

async function updateDeployment(
  forge: Forge,
  state: RolloutState,
  action: Extract<RolloutAction, { kind: 'deployment' }>,
  { runUrl }: ActionOptions,
): Promise<RolloutState> {
  const id = state.deploymentId
  // Its deployment could not be created yet: that comes first, and is still to be done.
  if (id === null && state.todo.some(({ kind }) => kind === 'create-deployment'))
    throw new RefitError('forge', 'there is no deployment yet')
  if (id === null) return state
  const description = short(action.sentence)
  await forge.deploymentStatus(id, { state: action.state, description, ...(runUrl ? { logUrl: runUrl } : {}) })
  if (action.state !== 'success') return state
  // GitHub deactivates earlier deployments only outside of production.
  const earlier = state.stableDeploymentId
  if (earlier !== null && earlier !== id) {
    await forge.deploymentStatus(earlier, { state: 'inactive', description: short(action.sentence) })
  }
  return { ...state, stableDeploymentId: id }
}

async function alert(
  forge: Forge,
  model: string,
  action: Extract<RolloutAction, { kind: 'alert' | 'close-alert' }>,
  runUrl: string | undefined,
): Promise<void> {
  const run = runUrl ? `\n\n[Run](${encodeURI(runUrl)})` : ''
  const body = `${escapeMarkdown(action.sentence)}\n\nThe audit trail is the history of the branch \`refit/state/${model}\`; \`refit status\` shows where the rollout stands.${run}\n`
  await forge.upsertIssue({
    marker: `<!-- refit-rollout:${model} -->`,
    title: action.title,
    body,
    state: action.kind === 'alert' ? 'open' : 'closed',
  })
}

const MAX_DESCRIPTION = 140
const short = (text: string): string =>
  text.length > MAX_DESCRIPTION ? `${text.slice(0, MAX_DESCRIPTION - 1)}…` : text
