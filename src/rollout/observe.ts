import type { RolloutConfig } from '../config/schema.ts'
import { type Clock, formatDuration } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import { activeRollout } from './plan.ts'
import type { EvidenceAnswer, EvidenceSource, RolloutState } from './types.ts'

export interface Observer {
  readonly model: string
  readonly config: RolloutConfig
  readonly evidence: EvidenceSource
  readonly clock: Clock
  readonly log: Log
}

/** Clocks further apart than this say different things about leases and stages. */
const CLOCK_TOLERANCE_MS = 10 * 60_000
/** What a gateway keeps. From further back it has nothing, and asked from there it would never come to what is new. */
const MAX_BACKFILL_MS = 24 * 3_600_000

/** What was asked, and in the case of `down` why the source cannot be used. */
export type Observed =
  | { readonly evidence: EvidenceAnswer | 'none' }
  | { readonly evidence: 'down'; readonly trouble: string }

/** Asks the source where its answer can matter. An answer from another time is none. */
export async function observe(
  { model, config, evidence, clock, log }: Observer,
  state: RolloutState | undefined,
  hasVersion: boolean,
): Promise<Observed> {
  const rollout = state?.rollout
  const ending =
    rollout?.phase === 'rolling-back' || rollout?.phase === 'rollback-failed' || rollout?.exposedUntil != null
  if (state ? !activeRollout(state) && !ending : !hasVersion) return { evidence: 'none' }
  const step = config.window
  const since = rollout?.evidenceUntil ?? rollout?.confirmedAt ?? rollout?.stepStartedAt
  const last = since ? Date.parse(since) : clock()
  const from = Math.floor(Math.max(last, clock() - MAX_BACKFILL_MS) / step) * step
  const latency = config.guardrails.find((guardrail) => guardrail.kind === 'latency')
  const objective = latency?.kind === 'latency' ? latency.objective : 'relative'
  try {
    // The source knows its own time: it answers the windows that are complete by its clock.
    const query = { model, rolloutId: rollout?.id ?? '', from, to: from + MAX_BACKFILL_MS, step, objective }
    const answer = await evidence.read(query)
    const apart = answer.now - clock()
    if (Math.abs(apart) <= CLOCK_TOLERANCE_MS) return { evidence: answer }
    const trouble = `the gateway’s clock is ${formatDuration(Math.abs(apart))} ${apart > 0 ? 'ahead of' : 'behind'} this run’s (at most ${formatDuration(CLOCK_TOLERANCE_MS)} are allowed), so its evidence is not used`
    log.warn(`${model}: ${trouble}. Set the clock of the gateway’s machine, or of this runner, and restart the gateway`)
    return { evidence: 'down', trouble }
  } catch (error) {
    if (!(error instanceof RefitError)) throw error
    log.warn(`${model}: ${error.message}`)
    return { evidence: 'down', trouble: error.message }
  }
}
