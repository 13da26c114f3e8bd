import type { RolloutConfig } from '../config/schema.ts'
import type { Clock } from '../core/clock.ts'
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

const DEFAULT_OBJECTIVE_MS = 250
const MAX_BACKFILL_MS = 24 * 3_600_000

/** What the source said, or why it said nothing. */
export interface Observed {
  readonly evidence: EvidenceAnswer | 'down' | 'none'
  readonly trouble?: string | undefined
}

/** Asks the source where its answer can matter. */
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
  const from = Math.floor((since ? Date.parse(since) : clock()) / step) * step
  const latency = config.guardrails.find((guardrail) => guardrail.kind === 'latency')
  const objective = latency?.kind === 'latency' ? latency.objective : DEFAULT_OBJECTIVE_MS
  try {
    // The source knows its own time: it answers the windows that are complete by its clock.
    const query = { model, rolloutId: rollout?.id ?? '', from, to: from + MAX_BACKFILL_MS, step, objective }
    return { evidence: await evidence.read(query) }
  } catch (error) {
    if (!(error instanceof RefitError)) throw error
    log.warn(`${model}: ${error.message}`)
    return { evidence: 'down', trouble: error.message }
  }
}
