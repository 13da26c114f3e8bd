import type { RolloutConfig } from '../../src/config/schema.ts'
import { decide, type DecideInput, type Decision, type Desired } from '../../src/rollout/decide.ts'
import { freshGuardrails } from '../../src/rollout/guardrails.ts'
import { emptyState } from '../../src/rollout/recover.ts'
import type {
  ActiveRollout,
  ArmSums,
  CallerSums,
  EffectiveFile,
  EvidenceAnswer,
  EvidenceWindow,
  RolloutCommand,
  RolloutState,
  SplitEvidence,
  VersionRef,
} from '../../src/rollout/types.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
/** A whole minute, so that windows begin here. */
export const START = Date.UTC(2026, 5, 1)

export const version = (n: number): VersionRef => ({
  version: n,
  digest: `sha256:${String(n).padStart(64, '0')}`,
  commit: String(n).padStart(40, 'a'),
})
export const wants = (n: number): Desired => ({ kind: 'version', version: version(n) })

export const config: RolloutConfig = {
  target: 'gateway',
  environment: 'production',
  gateway: { url: 'http://127.0.0.1:8080' },
  stages: [
    { kind: 'staging', for: 0, requests: 0 },
    { kind: 'shadow', for: 0, requests: 1000 },
    { kind: 'canary', percent: 5, for: HOUR, requests: 0 },
    { kind: 'canary', percent: 50, for: HOUR, requests: 0 },
    { kind: 'full', for: 0, requests: 0 },
  ],
  guardrails: [
    { kind: 'error-rate', margin: 0.01 },
    { kind: 'latency', objective: 250, margin: 0.05 },
    { kind: 'prediction-shift', margin: 0.15 },
    { kind: 'outcome', margin: 0.05 },
  ],
  alpha: 0.01,
  window: MINUTE,
  'ingest-lag': 10_000,
  'blind-timeout': 30 * MINUTE,
  lease: 2 * HOUR,
}

/** v2 over v1 in its canary of 5 %, which began just now. */
export function inCanary(more: Partial<ActiveRollout> = {}): ActiveRollout {
  const start = new Date(START).toISOString()
  return {
    id: 'r1',
    phase: 'canary',
    step: 2,
    from: version(1),
    to: version(2),
    stages: config.stages,
    guardrails: config.guardrails,
    startedAt: start,
    stepStartedAt: start,
    held: null,
    pending: null,
    blindSince: null,
    guardrailStates: freshGuardrails(config.guardrails),
    outcomeNote: null,
    evidenceUntil: null,
    looks: 0,
    exposedMs: 0,
    stepRequests: 0,
    ticks: 0,
    updatedAt: start,
    maxFrom: start,
    confirmedAt: null,
    exposedUntil: null,
    outcome: null,
    ...more,
  }
}

/** A model whose v1 is stable. */
export const stateOf = (more: Partial<RolloutState> = {}): RolloutState => ({
  ...emptyState('churn', 'production'),
  stable: version(1),
  ...more,
})

/** What a gateway answers that has loaded both versions and seen nothing yet. */
export const answering = (more: Partial<EvidenceAnswer> = {}): EvidenceAnswer => ({
  now: START,
  generation: 1,
  rolloutId: 'r1',
  serving: version(1),
  loaded: [version(1), version(2)],
  failed: [],
  waiting: [],
  windows: [],
  objective: 250,
  splits: [],
  ...more,
})

/** What a caller got of an arm: as many requests, and as many of them failed. */
export const sumsOf = (requests: number, errors: number, more: Partial<ArmSums> = {}): ArmSums => ({
  requests,
  errors,
  slow: 0,
  ranks: 0,
  rankSum: 0,
  outcomes: 0,
  lossSum: 0,
  ...more,
})

/** How an arm behaves; shares of its requests. */
export interface Behaviour {
  readonly errors: number
  readonly slow: number
  /** Mean rank of the scores, all of them there. */
  readonly rank: number
  /** Mean loss of the outcomes that arrive for half of the requests; null: none arrive. */
  readonly loss: number | null
}
export const healthy: Behaviour = { errors: 0.01, slow: 0.01, rank: 0.5, loss: 0.2 }

/** What an arm did so far in a step: requests, and how many of them were what. */
export interface Totals {
  readonly requests: number
  readonly errors: number
  readonly slow: number
  readonly rankSum: number
  readonly outcomes: number
  readonly losses: number
}
const NOTHING: Totals = { requests: 0, errors: 0, slow: 0, rankSum: 0, outcomes: 0, losses: 0 }

function more(before: Totals, requests: number, { errors, slow, rank, loss }: Behaviour): Totals {
  return {
    requests: before.requests + requests,
    errors: before.errors + requests * errors,
    slow: before.slow + requests * slow,
    rankSum: before.rankSum + requests * rank,
    outcomes: before.outcomes + (loss === null ? 0 : requests / 2),
    losses: before.losses + (loss === null ? 0 : (requests / 2) * loss),
  }
}

/** Callers that a gateway remembers of an arm. */
const SAMPLE = 300

/** The callers of an arm, one request each, so that shares of requests are shares of callers. */
function callersOf({ requests, errors, slow, rankSum, outcomes, losses }: Totals): readonly ArmSums[] {
  const n = Math.min(SAMPLE, Math.round(requests))
  const some = (amount: number): number => Math.round((amount / requests) * n)
  const mean = rankSum / requests
  const spread = 0.3 * Math.min(mean, 1 - mean)
  const [wrong, late, known, lost] = [some(errors), some(slow), some(outcomes), some(losses)]
  return Array.from({ length: n }, (_, i) => ({
    requests: 1,
    errors: i < wrong ? 1 : 0,
    slow: i < late ? 1 : 0,
    ranks: 1,
    rankSum: mean + (i % 2 === 0 ? spread : -spread),
    outcomes: i < known ? 1 : 0,
    lossSum: i < lost ? 1 : 0,
  }))
}

/** What a gateway says of the callers of a split. */
export function splitOf(
  { mode, percent }: { readonly mode: 'shadow' | 'canary'; readonly percent: number },
  candidate: Totals,
  stable: Totals,
): SplitEvidence {
  const [ofCandidate, ofStable] = [callersOf(candidate), callersOf(stable)]
  const paired = mode === 'shadow' || percent >= 100
  const callers: CallerSums[] = paired
    ? Array.from({ length: Math.max(ofStable.length, ofCandidate.length) }, (_, i) => ({
        stable: ofStable[i] ?? null,
        candidate: ofCandidate[i] ?? null,
      }))
    : [
        ...ofStable.map((sums) => ({ stable: sums, candidate: null })),
        ...ofCandidate.map((sums) => ({ stable: null, candidate: sums })),
      ]
  const share = (kept: readonly ArmSums[], { requests }: Totals): number => (requests > 0 ? kept.length / requests : 1)
  const kept = { stable: share(ofStable, stable), candidate: share(ofCandidate, candidate) }
  return { mode, percent, groups: callers.length > 0 ? [{ keyed: true, kept, callers }] : [] }
}

/** The traffic of a stand-in for a gateway: minute after minute, by the split in force. */
export class Traffic {
  readonly windows: EvidenceWindow[] = []
  #split: { readonly mode: 'shadow' | 'canary'; readonly percent: number } | undefined
  #candidate = NOTHING
  #stable = NOTHING

  /** Another split begins. */
  begin({ mode, percent }: Pick<EffectiveFile, 'mode' | 'percent'>): void {
    this.#split = mode === 'shadow' || mode === 'canary' ? { mode, percent } : undefined
    this.#candidate = this.#stable = NOTHING
  }

  minute(
    start: number,
    requests: number,
    served: EffectiveFile | null,
    behaviour: { readonly stable: Behaviour; readonly candidate: Behaviour; readonly stableAnswers?: boolean },
  ): void {
    const live = served?.candidate != null && (served.expiresAt === null || Date.parse(served.expiresAt) > start)
    const share = live ? served.percent / 100 : 0
    const mirrored = live && served.mode === 'shadow' ? requests : 0
    // At 100 % the old version is mirrored, so that there is something to compare with.
    const stable = behaviour.stableAnswers === false ? 0 : share === 1 ? requests : requests * (1 - share)
    if (live) {
      this.#candidate = more(this.#candidate, requests * share + mirrored, behaviour.candidate)
      this.#stable = more(this.#stable, stable, behaviour.stable)
    }
    this.windows.push({
      start,
      end: start + MINUTE,
      exposed: live ? MINUTE : 0,
      requests: { stable, candidate: requests * share, shadow: mirrored },
      refused: 0,
    })
  }

  get splits(): readonly SplitEvidence[] {
    return this.#split ? [splitOf(this.#split, this.#candidate, this.#stable)] : []
  }
}

/**
 * A gateway in a few lines: follows the effective file at once, counts by the minute. Everything deterministic, so that
 * a test says what it sees.
 */
export class World {
  state: RolloutState
  effective: EffectiveFile | null = null
  now = START
  desired: Desired = { kind: 'none' }
  source: 'up' | 'down' = 'up'
  /** Whether the gateway still fetches the effective file. */
  following = true
  requestsPerMinute = 1000
  stable: Behaviour = healthy
  candidate: Behaviour = healthy
  failed: EvidenceAnswer['failed'] = []
  /** What the gateway could not read yet. */
  unread: EvidenceAnswer['failed'] = []
  outcomes: EvidenceAnswer['outcomes']
  /** Whether stable is there to answer its share. */
  stableAnswers = true
  /** Why the source is down. */
  trouble: string | undefined
  readonly config: RolloutConfig
  readonly decisions: Decision[] = []
  #served: EffectiveFile | null = null
  #since = START
  readonly #traffic = new Traffic()

  constructor(overrides: Partial<RolloutConfig> = {}) {
    this.config = { ...config, ...overrides }
    this.state = emptyState('churn', this.config.environment)
  }

  /** A world in which v1 is stable already. */
  static promoted(overrides: Partial<RolloutConfig> = {}): World {
    const world = new World(overrides)
    world.desired = wants(1)
    for (let i = 0; i < 3; i++) world.tick()
    return world
  }

  /** Lets traffic flow for whole minutes, one window each. */
  pass(minutes: number): this {
    this.now = Math.ceil(this.now / MINUTE) * MINUTE
    for (let i = 0; i < minutes; i++) {
      this.#traffic.minute(this.now, this.requestsPerMinute, this.#served, this)
      this.now += MINUTE
    }
    this.now += 15_000 // past the ingest lag
    return this
  }

  answer(): EvidenceAnswer {
    const served = this.#served
    const loaded = [served?.stable, served?.candidate].filter((ref): ref is VersionRef => ref != null)
    return {
      now: this.now,
      generation: served?.generation ?? 0,
      rolloutId: served?.rolloutId ?? null,
      since: this.#since,
      serving: served?.stable ?? null,
      loaded: loaded.filter((ref) => ![...this.failed, ...this.unread].some(({ digest }) => digest === ref.digest)),
      failed: this.failed,
      waiting: this.unread,
      windows: this.#traffic.windows,
      objective: 250,
      splits: this.#traffic.splits,
      outcomes: this.outcomes,
    }
  }

  tick(command?: RolloutCommand): Decision {
    const input: DecideInput = {
      state: this.state,
      desired: this.desired,
      config: this.config,
      evidence: this.source === 'down' ? 'down' : this.answer(),
      trouble: this.source === 'down' ? this.trouble : undefined,
      effective: this.effective,
      command,
      now: this.now,
    }
    const decision = decide(input)
    this.decisions.push(decision)
    this.state = { ...decision.state, todo: [] }
    this.effective = decision.effective
    if (this.following && this.effective && this.effective.generation > (this.#served?.generation ?? 0)) {
      const before = this.#served
      const after = this.effective
      if (before?.mode !== after.mode || before.percent !== after.percent || before.rolloutId !== after.rolloutId) {
        this.#since = this.now
        this.#traffic.begin(after)
      }
      this.#served = after
    }
    return decision
  }

  /** What the gateway, a stand-in for callers, would do now: percent of the callers that get the candidate. */
  get exposure(): number {
    const served = this.#served
    if (!served || served.mode !== 'canary') return 0
    return served.expiresAt !== null && Date.parse(served.expiresAt) <= this.now ? 0 : served.percent
  }

  get phase(): string {
    return this.state.rollout?.phase ?? 'idle'
  }

  /** Ticks with an hour of traffic in between until a phase (and percent) is reached. */
  until(phase: string, percent?: number): this {
    for (let i = 0; i < 20; i++) {
      const current = this.desired.kind === 'version' && this.state.rollout?.to.version === this.desired.version.version
      if (current && this.phase === phase && (percent === undefined || this.effective?.percent === percent)) return this
      this.pass(61).tick()
    }
    throw new Error(`never reached ${phase}: ${this.decisions.at(-1)?.sentences.join(' | ')}`)
  }
}
