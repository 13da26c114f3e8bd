import type { StageConfig } from '../config/schema.ts'
import { requiredRequests, stageMax } from '../config/stages.ts'
import { formatDuration } from '../core/clock.ts'
import { count as plural } from '../core/text.ts'
import type { Asked, Context } from './decision.ts'
import type { Counted } from './evidence.ts'
import { splitDeviation } from './callers.ts'
import { MIN_CALLERS } from './guardrails.ts'
import { currentStage, isExposed, stageName } from './plan.ts'
import { advance, hold, MACHINE, rollBack, type Step } from './transitions.ts'
import type { ActiveRollout, EvidenceAnswer, GuardrailState, RolloutState } from './types.ts'

/** The last three of the order: hold, evidence, timers. Nothing is broken and the candidate is still wanted. */
export function nextStep(context: Context, counted: Counted, asked: Asked): Step {
  const { now, answer } = context
  const { state, rollout } = counted
  const again = asked.hold && rollout.held?.by === asked.hold.by && rollout.held.reason === asked.hold.reason
  if (asked.hold && !again) return hold(state, rollout, asked.hold.reason, asked.hold.by)
  if (asked.resume) return resume(state, rollout, asked.resume.by, now)
  if (!answer) return blind(context, counted)
  if (asked.advance) return advance(state, rollout, now, `by ${asked.advance.by}: ${asked.advance.reason}`)
  if (rollout.held) {
    const { reason, by } = rollout.held
    return { state, sentences: [`Held at ${where(rollout)} by ${by}: ${reason}`, ...guardrailSentences(rollout)] }
  }

  const stage = currentStage(rollout)
  const missing = [...lapse(context, rollout), ...whatIsMissing(rollout, stage, answer)]
  const broken = brokenStable(rollout, answer)
  if (missing.length === 0) {
    const why = [whyPassed(rollout, stage), ...(broken ? [broken.sentence] : [])]
    return advance(state, rollout, now, why.join('; '))
  }
  const waited = now - Date.parse(rollout.maxFrom)
  if (waited >= stageMax(stage)) {
    return hold(state, rollout, `after ${formatDuration(waited)} still ${missing.join('; ')}`, MACHINE)
  }
  const sentence = `v${rollout.to.version} at ${where(rollout)}: ${missing.join('; ')}`
  const also = [...(broken ? [broken.sentence] : []), ...guardrailSentences(rollout)]
  return { state, sentences: [sentence, ...also] }
}

/** From an exposure that has lapsed no step is taken: the callers are all on stable. It begins again with this tick. */
function lapse({ effective, now }: Context, rollout: ActiveRollout): readonly string[] {
  const end = effective?.expiresAt
  if (!isExposed(rollout) || end == null || Date.parse(end) > now) return []
  return [
    `the exposure had ended with its lease at ${end} and begins again (set rollout.lease to more than the longest gap between runs)`,
  ]
}

/**
 * The source is down: never forward, and not for long while callers depend on the candidate. Where none do, it may be
 * waited for, but not beyond the step's maximum without a person knowing.
 */
function blind(context: Context, { state, rollout }: Counted): Step {
  const { config, effective, now, trouble = 'the gateway does not answer' } = context
  const since = rollout.blindSince ? now - Date.parse(rollout.blindSince) : 0
  if (isExposed(rollout) && since >= config['blind-timeout']) {
    const reason = `the gateway could not be watched for ${formatDuration(since)} while callers depend on the candidate (${trouble})`
    return rollBack(state, rollout, effective, reason, { quarantine: false })
  }
  const waited = now - Date.parse(rollout.maxFrom)
  const max = stageMax(currentStage(rollout))
  if (rollout.held === null && !isExposed(rollout) && waited >= max) {
    const reason = `after ${formatDuration(waited)} the gateway still cannot be watched (${trouble}). Start it or correct its address (rollout.gateway.url), then resume`
    return hold(state, rollout, reason, MACHINE)
  }
  const limit = isExposed(rollout) ? `; rolled back after ${formatDuration(config['blind-timeout'])}` : ''
  return {
    state,
    sentences: [`Nothing can be seen (${trouble}): v${rollout.to.version} stays at ${where(rollout)}${limit}`],
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
function whatIsMissing(rollout: ActiveRollout, stage: StageConfig, answer: EvidenceAnswer): readonly string[] {
  if (rollout.confirmedAt === null) return ['the gateway has not taken this step over yet', ...notYet(rollout, answer)]
  if (!answer.loaded.some((loaded) => loaded.digest === rollout.to.digest)) {
    return ['the gateway is still loading it', ...notYet(rollout, answer)]
  }
  const missing: string[] = []
  if (rollout.exposedMs < stage.for) {
    missing.push(`${formatDuration(rollout.exposedMs)} of ${formatDuration(stage.for)}`)
  }
  if (stage.kind === 'staging') return missing
  const needed = requiredRequests(stage)
  if (rollout.stepRequests < needed) {
    missing.push(`${rollout.stepRequests.toLocaleString('en-US')} of ${plural(needed, 'request')}`)
  }
  if (brokenStable(rollout, answer)) return [...missing, ...rollout.guardrailStates.flatMap(objectionAlone(rollout))]
  const objections = rollout.guardrailStates.filter(blocks).map((guardrail) => guardrail.sentence)
  return [...missing, ...splitMismatch(answer, stage), ...objections, ...moreCallers(rollout, stage)]
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
const objectionAlone =
  (rollout: ActiveRollout) =>
  (guardrail: GuardrailState): readonly string[] => {
    const { guardrail: name, candidate, stable, sentence } = guardrail
    if (stable.n > 0) return blocks(guardrail) ? [sentence] : []
    if (name === 'outcome') return []
    if (candidate.n < MIN_CALLERS) return [`${name}: ${plural(candidate.n, 'caller')} of ${MIN_CALLERS}`]
    const margin = rollout.guardrails.find(({ kind }) => kind === name)?.margin ?? 0
    const mean = candidate.sum / candidate.n
    const away = name === 'prediction-shift' ? Math.abs(mean - 0.5) : mean
    if (away <= margin) return []
    return [`${name}: ${mean.toFixed(3)} without a stable version to compare with, margin ${margin}`]
  }

function whyPassed({ stepRequests, exposedMs, guardrailStates }: ActiveRollout, stage: StageConfig): string {
  if (stage.kind === 'staging') return 'loaded, digest verified'
  const unjudged = guardrailStates.filter(({ verdict }) => verdict === 'no-data').map(({ guardrail }) => guardrail)
  const without = unjudged.length > 0 ? `, ${unjudged.join(' and ')} without enough data to judge` : ''
  return `${plural(stepRequests, 'request')} in ${formatDuration(exposedMs)}, no guardrail objects${without}`
}

const guardrailSentences = (rollout: ActiveRollout): readonly string[] => [
  ...(rollout.stepRequests === 0 ? [] : rollout.guardrailStates.map((guardrail) => guardrail.sentence)),
  ...(rollout.outcomeNote == null ? [] : [rollout.outcomeNote]),
]

const where = (rollout: ActiveRollout): string => stageName(currentStage(rollout))

/** Standard deviations: chance alone goes beyond in one of a thousand looks. */
const SPLIT_LIMIT = 3.29

/** A split far from the planned one makes the arms incomparable. Harm that is proven is rolled back all the same. */
function splitMismatch({ splits }: EvidenceAnswer, stage: StageConfig): readonly string[] {
  const own = splits.at(-1)
  if (!own || stage.kind !== 'canary' || own.percent !== stage.percent) return []
  const deviation = splitDeviation(own)
  if (Math.abs(deviation) <= SPLIT_LIMIT) return []
  return [
    `the candidate has ${deviation > 0 ? 'more' : 'fewer'} callers than ${stage.percent} % of them, beyond what chance does (${Math.abs(deviation).toFixed(1)} standard deviations): the arms cannot be compared. See where the callers’ keys come from`,
  ]
}

/** Where a larger share of the callers would be enough to judge by, which one. */
function moreCallers({ guardrailStates }: ActiveRollout, stage: StageConfig): readonly string[] {
  const errors = guardrailStates.find(({ guardrail }) => guardrail === 'error-rate') ?? guardrailStates[0]
  if (stage.kind !== 'canary' || !errors || errors.verdict !== 'no-data') return []
  const callers = errors.candidate.n + errors.stable.n
  if (errors.candidate.n === 0 || errors.candidate.n >= MIN_CALLERS || callers < 2 * MIN_CALLERS) return []
  const needed = Math.ceil((100 * MIN_CALLERS) / callers)
  return needed > stage.percent ? [`of ${plural(callers, 'caller')}, a canary of ${needed} % has ${MIN_CALLERS}`] : []
}
