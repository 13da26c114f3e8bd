import type { RolloutConfig } from '../config/schema.ts'
import type { Clock } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import type { Forge, PullRequest } from '../forge/forge.ts'
import { runActions, type ActionOptions } from './actions.ts'
import { applyExternally, type Written } from './apply.ts'
import { decide } from './decide.ts'
import { readDesired } from './desired.ts'
import { observe } from './observe.ts'
import { sameVersion } from './plan.ts'
import { emptyState, initialState } from './recover.ts'
import { readStored, writeStored, type Stored } from './state-store.ts'
import { gitTarget, type RolloutTarget } from './target.ts'
import type { EffectiveFile, EvidenceSource, RolloutCommand, RolloutPhase, RolloutState } from './types.ts'

export interface TickOptions extends ActionOptions {
  readonly forge: Forge
  readonly model: string
  readonly config: RolloutConfig
  readonly evidence: EvidenceSource
  /** Used only while the evidence source does not answer. */
  readonly clock: Clock
  readonly log: Log
  readonly command?: RolloutCommand | undefined
  /** Names a person's asking: the same again only completes what the first time left undone. */
  readonly operation?: string | undefined
  /** Who serves. Default: the gateway, which follows the effective file in git. */
  readonly target?: RolloutTarget | undefined
}

export interface TickResult {
  readonly model: string
  readonly phase: RolloutPhase
  /** Index into the plan's stages. */
  readonly step: number
  readonly percent: number
  readonly rolloutId: string | null
  /** Whether anything was written. */
  readonly changed: boolean
  /** Another run was quicker: this one did nothing, which is fine. */
  readonly raced: boolean
  /** What happened or is waited for. */
  readonly sentences: readonly string[]
  readonly warnings: readonly string[]
  readonly state: RolloutState
  readonly effective: EffectiveFile | null
  readonly revertPullRequest: PullRequest | undefined
}

/** A person's command is not lost to a race with a scheduled tick; it is decided again on what that one wrote. */
const COMMAND_ATTEMPTS = 4

/**
 * One tick: read, observe, decide, write, tell. Everything is written by compare-and-swap on the model's state branch;
 * the loser of a race ends quietly. Run it as often as you like: when nothing changed, nothing is written.
 *
 * RefitError `usage` where a command cannot be followed, `rollout` where the state branch is corrupt, and whatever the
 * forge throws: a tick that was cut off anywhere is completed by the next one.
 */
export async function tick(options: TickOptions): Promise<TickResult> {
  const attempts = options.command ? COMMAND_ATTEMPTS : 1
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(options)
    } catch (error) {
      if (!(error instanceof RefitError) || error.code !== 'stale') throw error
      if (attempt < attempts) continue
      if (options.command) throw error
      options.log.info(`${options.model}: another run was quicker; this one has nothing to do`)
      const { state, effective } = await readStored(options.forge, options.model)
      const seen = state ?? emptyState(options.model, options.config.environment)
      return {
        ...describe(seen, effective),
        changed: false,
        raced: true,
        sentences: [],
        warnings: [],
        revertPullRequest: undefined,
      }
    }
  }
}

async function once(options: TickOptions): Promise<TickResult> {
  const { forge, model, config, log } = options
  const wanted = await readDesired(forge, model)
  const { stored, told: flushed } = await flush(options, await readStored(forge, model))
  const done = stored.state?.operations.find(({ id }) => id === options.operation)
  if (stored.state && done)
    return { ...describe(stored.state, stored.effective), ...flushed, sentences: [done.sentence], raced: false }
  const observed = await observe(options, stored.state, wanted.desired.kind !== 'none')
  const answer = typeof observed.evidence === 'object' ? observed.evidence : undefined
  const state = stored.state ?? (await initialState(forge, model, config, wanted, answer))

  const decision = decide({
    state,
    desired: wanted.desired,
    config,
    ...observed,
    effective: stored.effective,
    command: options.command,
    operation: options.operation,
    now: answer?.now ?? options.clock(),
  })
  if (decision.refused !== undefined) throw new RefitError('usage', `${model}: ${decision.refused}`)
  for (const sentence of decision.sentences) log.info(`${model}: ${sentence}`)

  const stateChanged = decision.state !== state
  const effectiveChanged = decision.effective !== stored.effective
  const pending = stored.state?.rollout?.pending != null
  const report = { sentences: decision.sentences, raced: false }
  if (!stateChanged && !effectiveChanged && !pending) {
    return { ...describe(decision.state, decision.effective), ...report, ...flushed }
  }

  const target = options.target ?? gitTarget
  const written =
    target.kind === 'external' && decision.effective && (effectiveChanged || pending)
      ? await applyExternally(forge, target, stored.head, decision.state, decision.effective, decision.sentences)
      : {
          head: await writeStored(forge, stored.head, decision.state, decision.effective, decision.sentences),
          state: decision.state,
        }
  const told = await tell(options, written, decision.effective)
  return {
    ...describe(told.state, decision.effective),
    ...report,
    changed: true,
    warnings: told.warnings,
    revertPullRequest: told.revertPullRequest,
  }
}

/** Does what an earlier tick could not tell any more, before anything else changes. */
async function flush(options: TickOptions, stored: Stored): Promise<{ readonly stored: Stored; readonly told: Told }> {
  const nothing = { changed: false, warnings: [], revertPullRequest: undefined }
  if (!stored.state || stored.state.todo.length === 0) return { stored, told: nothing }
  const before = { head: stored.head ?? '', state: stored.state }
  const { head, state, ...told } = await tell(options, before, stored.effective)
  return { stored: { ...stored, head, state }, told: { ...told, changed: head !== before.head } }
}

type Told = Pick<TickResult, 'changed' | 'warnings' | 'revertPullRequest'>

async function tell(
  options: TickOptions,
  { head, state }: Written,
  effective: EffectiveFile | null,
): Promise<Written & { readonly warnings: readonly string[]; readonly revertPullRequest: PullRequest | undefined }> {
  if (state.todo.length === 0) return { head, state, warnings: [], revertPullRequest: undefined }
  const result = await runActions(options.forge, state, options)
  for (const warning of result.warnings) options.log.warn(`${state.model}: ${warning}`)
  const pull = result.revertPullRequest
  const sentence = pull ? `Opened the revert pull request #${pull.number}` : 'Told the forge'
  const progressed = result.state.todo.length < state.todo.length || result.state.deploymentId !== state.deploymentId
  const written = progressed ? await writeStored(options.forge, head, result.state, effective, [sentence]) : head
  return { head: written, state: result.state, warnings: result.warnings, revertPullRequest: pull }
}

function describe(
  state: RolloutState,
  effective: EffectiveFile | null,
): Pick<TickResult, 'model' | 'phase' | 'step' | 'percent' | 'rolloutId' | 'state' | 'effective'> {
  const { rollout } = state
  const settled = rollout?.phase === 'promoted' && !sameVersion(rollout.to, state.stable)
  return {
    model: state.model,
    phase: rollout && !settled ? rollout.phase : 'idle',
    step: rollout?.step ?? 0,
    percent: effective?.percent ?? 0,
    rolloutId: rollout?.id ?? null,
    state,
    effective,
  }
}
