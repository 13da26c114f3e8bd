import type { StageConfig } from '../config/schema.ts'
import { formatDuration } from '../core/clock.ts'
import { count as plural } from '../core/text.ts'
import type { Asked, Context } from './decision.ts'
import type { Counted } from './evidence.ts'
import { currentStage, isExposed, percentOf, requiredRequests, stageMax, stageName } from './plan.ts'
import { advance, hold, MACHINE, rollBack, type Step } from './transitions.ts'
import type { ActiveRollout, EvidenceAnswer, GuardrailState, RolloutState } from './types.ts'

/** The last three of the order: hold, evidence, timers. Nothing is broken and the candidate is still wanted. */
export function nextStep(context: Context, counted: Counted, asked: Asked): Step {
  const { now, answer } = context
  const { state, rollout } = counted
  if (asked.hold) return hold(state, rollout, asked.hold.reason, asked.hold.by)
  if (asked.resume) return resume(state, rollout, asked.resume.by, now)
  if (!answer) return blind(context, counted)
  if (asked.advance) return advance(state, rollout, now, `by ${asked.advance.by}: ${asked.advance.reason}`)
  if (rollout.held) {
    const { reason, by } = rollout.held
    return { state, sentences: [`Held at ${where(rollout)} by ${by}: ${reason}`, ...guardrailSentences(rollout)] }
  }

  const stage = currentStage(rollout)
  const missing = whatIsMissing(rollout, stage, answer, now)
  const broken = brokenStable(rollout, answer)
  if (missing.length === 0) {
    const why = [whyPassed(rollout, stage, now), ...(broken ? [broken.sentence] : [])]
    return advance(state, rollout, now, why.join('; '))
  }
  const waited = now - Date.parse(rollout.maxFrom)
  if (waited >= stageMax(stage)) {
    return hold(state, rollout, `after ${formatDuration(waited)} still ${missing.join('; ')}`, MACHINE)
  }
  const sentence = `v${rollout.to.version} at ${where(rollout)}: ${missing.join('; ')}`
  const also = [...(broken ? [broken.sentence] : []), ...guardrailSentences(rollout), ...splitWarning(rollout, stage)]
  return { state, sentences: [sentence, ...also] }
}

/**
 * The source is down: never forward, and not for long while callers depend on the candidate. Where none do, it may be
 * waited for, but not beyond the step's maximum without a person knowing.
 */
function blind({ config, effective, now, trouble }: Context, { state, rollout }: Counted): Step {
  const since = rollout.blindSince ? now - Date.parse(rollout.blindSince) : 0
  if (isExposed(rollout) && since >= config['blind-timeout']) {
    const reason = `the gateway has not answered for ${formatDuration(since)} while callers depend on the candidate`
    return rollBack(state, rollout, effective, reason, { quarantine: false })
  }
  const waited = now - Date.parse(rollout.maxFrom)
  const max = stageMax(currentStage(rollout))
  if (rollout.held === null && !isExposed(rollout) && waited >= max) {
    const why = trouble === undefined ? '' : `: ${trouble}`
    const advice = 'Start it or correct its address (rollout.gateway.url), then resume'
    return hold(state, rollout, `after ${formatDuration(waited)} the gateway does not answer${why}. ${advice}`, MACHINE)
  }
  const limit = isExposed(rollout) ? `; rolled back after ${formatDuration(config['blind-timeout'])}` : ''
  return {
    state,
    sentences: [`The gateway does not answer: v${rollout.to.version} stays at ${where(rollout)}${limit}`],
  }
}

function resume(state: RolloutState, rollout: ActiveRollout, by: string, now: number): Step {
  const resumed = { ...rollout, held: null, maxFrom: new Date(now).toISOString() }
  return {
    state: { ...state, rollout: resumed },
    sentences: [`Resume v${rollout.to.version} at ${where(rollout)} (by ${by})`],
  }
}

/** What a step still waits for, in words; empty when it has passed. Never empty on 0/0. */
function whatIsMissing(
  rollout: ActiveRollout,
  stage: StageConfig,
  answer: EvidenceAnswer,
  now: number,
): readonly string[] {
  if (rollout.confirmedAt === null) return ['the gateway has not taken this step over yet', ...notYet(rollout, answer)]
  if (!answer.loaded.some((loaded) => loaded.digest === rollout.to.digest)) {
    return ['the gateway is still loading it', ...notYet(rollout, answer)]
  }
  const missing: string[] = []
  const elapsed = now - Date.parse(rollout.confirmedAt)
  if (elapsed < stage.for) missing.push(`${formatDuration(elapsed)} of ${formatDuration(stage.for)}`)
  if (stage.kind === 'staging') return missing
  const needed = requiredRequests(stage)
  if (rollout.stepRequests < needed) {
    missing.push(`${rollout.stepRequests.toLocaleString('en-US')} of ${plural(needed, 'request')}`)
  }
  const broken = brokenStable(rollout, answer)
  const blocking = rollout.guardrailStates.filter((guardrail) =>
    broken && guardrail.stable.n === 0 ? blocksAlone(rollout, guardrail) : blocks(guardrail),
  )
  return [...missing, ...blocking.map((guardrail) => guardrail.sentence)]
}

/** Why the gateway cannot read the candidate yet, where it says so. */
function notYet(rollout: ActiveRollout, { waiting }: EvidenceAnswer): readonly string[] {
  const of = waiting?.find(({ digest }) => digest === rollout.to.digest)
  return of ? [of.reason] : []
}

/**
 * Stable, where the gateway cannot load it. That is no fault of the candidate, which may then be all that can serve: it
 * goes on by what is seen of it.
 */
function brokenStable(rollout: ActiveRollout, { failed }: EvidenceAnswer): { readonly sentence: string } | undefined {
  const broken = failed.find(({ digest }) => digest === rollout.from?.digest)
  return broken && { sentence: `stable v${broken.version} cannot be loaded by the gateway (${broken.reason})` }
}

/** Outcomes may never arrive, so their absence blocks nothing; the absence of anything else does. */
function blocks(guardrail: GuardrailState): boolean {
  if (guardrail.verdict === 'inconclusive') return true
  return guardrail.verdict === 'no-data' && guardrail.guardrail !== 'outcome'
}

/**
 * Without a stable version that answers there is nothing to compare with. Then the margin is held against the candidate
 * alone, as if stable made no mistake; the level of outcomes without a comparison says nothing.
 */
function blocksAlone(rollout: ActiveRollout, guardrail: GuardrailState): boolean {
  if (guardrail.guardrail === 'outcome') return false
  if (guardrail.guardrail === 'prediction-shift') return blocks(guardrail)
  const { n, sum } = guardrail.candidate
  const margin = rollout.guardrails.find(({ kind }) => kind === guardrail.guardrail)?.margin ?? 0
  return !(n > 0 && sum / n <= margin)
}

function whyPassed(rollout: ActiveRollout, stage: StageConfig, now: number): string {
  if (stage.kind === 'staging') return 'loaded, digest verified'
  const elapsed = rollout.confirmedAt ? now - Date.parse(rollout.confirmedAt) : 0
  return `${plural(rollout.stepRequests, 'request')} in ${formatDuration(elapsed)}, no guardrail objects`
}

const guardrailSentences = (rollout: ActiveRollout): readonly string[] => [
  ...(rollout.stepRequests === 0 ? [] : rollout.guardrailStates.map((guardrail) => guardrail.sentence)),
  ...(rollout.outcomeNote == null ? [] : [rollout.outcomeNote]),
]

const where = (rollout: ActiveRollout): string => stageName(currentStage(rollout))

/** Fewer answers than this say nothing about the split: few callers make a sticky split uneven by themselves. */
const SPLIT_SAMPLE = 2000

/** A split far from the planned one makes the arms incomparable (sample ratio mismatch): said, since a person must look. */
function splitWarning(rollout: ActiveRollout, stage: StageConfig): readonly string[] {
  const errors = rollout.guardrailStates.find((guardrail) => guardrail.guardrail === 'error-rate')
  if (stage.kind !== 'canary' || !errors) return []
  const all = errors.candidate.n + errors.stable.n
  const planned = percentOf(stage) / 100
  const share = all > 0 ? errors.candidate.n / all : planned
  if (all < SPLIT_SAMPLE || (share > planned / 2 && 1 - share > (1 - planned) / 2)) return []
  return [
    `The candidate answers ${(100 * share).toFixed(1)} % of the requests instead of ${stage.percent} %: a few callers may send most of them`,
  ]
}
