import type { Context } from './decision.ts'
import { countEvidence } from './guardrails.ts'
import { outcomeNote } from './outcome-note.ts'
import { currentStage } from './plan.ts'
import type { ActiveRollout, EvidenceWindow, RolloutState } from './types.ts'

/** A rollout with the newest evidence counted in. The same objects where there was nothing new. */
export interface Counted {
  readonly state: RolloutState
  readonly rollout: ActiveRollout
}

/** Counts what the source answered since the last tick, once, or notes since when it has not answered. */
export function count(context: Context, rollout: ActiveRollout): Counted {
  const { answer, state, config, now } = context
  if (!answer) return rollout.blindSince ? { state, rollout } : change(state, rollout, { blindSince: exactTime(now) })
  const seen = rollout.blindSince ? change(state, rollout, { blindSince: null }) : { state, rollout }
  const confirmed = confirm(context, seen)
  const { confirmedAt } = confirmed.rollout
  if (confirmedAt === null) return confirmed

  const step = config.window
  const from = Math.max(Math.ceil(Date.parse(confirmedAt) / step) * step, parse(rollout.evidenceUntil))
  const windows = newWindows(answer.windows, from, answer.now - config['ingest-lag'])
  const last = windows.at(-1)
  if (!last) return confirmed
  const current = confirmed.rollout
  const { objective } = answer
  const news = { windows, objective, splits: answer.rolloutId === current.id ? answer.splits : [] }
  return change(confirmed.state, current, {
    ...countEvidence(current, currentStage(current), news, config.alpha),
    evidenceUntil: exactTime(last.end),
    outcomeNote: (answer.outcomes && outcomeNote(answer.outcomes)) ?? null,
  })
}

/** The step begins to count when the gateway says it has taken it over, by the gateway's own clock. */
function confirm({ answer, now }: Context, { state, rollout }: Counted): Counted {
  if (!answer || rollout.confirmedAt !== null) return { state, rollout }
  if (answer.rolloutId !== rollout.id || answer.generation < state.generation) return { state, rollout }
  // Not before the step was decided: a gateway whose clock was wrong then may say so.
  const since = Math.max(Math.min(answer.since ?? now, now), Date.parse(rollout.stepStartedAt))
  return change(state, rollout, { confirmedAt: exactTime(since) })
}

/** Whole windows in [from, until], oldest first, each start once; what cannot be is left out. */
export function newWindows(windows: readonly EvidenceWindow[], from: number, until: number): readonly EvidenceWindow[] {
  const ordered = windows
    .filter(({ start, end }) => Number.isFinite(start) && end > start && end <= until)
    .toSorted((a, b) => a.start - b.start)
  let last = from
  return ordered.filter((window) => {
    if (window.start < last) return false
    last = window.end
    return true
  })
}

function change(state: RolloutState, rollout: ActiveRollout, changes: Partial<ActiveRollout>): Counted {
  const next = { ...rollout, ...changes }
  return { state: { ...state, rollout: next }, rollout: next }
}

/** ISO 8601 with milliseconds: windows may be shorter than a second. */
const exactTime = (ms: number): string => new Date(ms).toISOString()
const parse = (time: string | null): number => (time === null ? -Infinity : Date.parse(time))
