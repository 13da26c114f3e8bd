import { drift } from './drift.ts'
import type { Trigger, TriggerInput } from './input.ts'
import { manual } from './manual.ts'
import { performance } from './performance.ts'
import { schedule } from './schedule.ts'
import type { TriggerResult } from './types.ts'
import { volume } from './volume.ts'

export { bootstrapResult } from './bootstrap.ts'
export { decide, type History } from './decide.ts'
export type {
  ChallengerObservation,
  ChampionFacts,
  ClassifierObservation,
  DetectorObservation,
  DriftObservation,
  EstimateObservation,
  ManualRequest,
  PairedColumn,
  PerformanceObservation,
  Worsened,
  RealisedEstimate,
  ScoredPerformance,
  TriggerInput,
  Unobserved,
} from './input.ts'

/** Every trigger, in the order of reports. A new one is a file of the same shape and a line here. */
const TRIGGERS: readonly Trigger[] = [schedule, performance, drift, volume, manual]

/** What every trigger sees, the user's own ones included, whether or not it fires. Pure: equal input, equal results. */
export function evaluateTriggers(input: TriggerInput): readonly TriggerResult[] {
  const results = [...TRIGGERS.map((trigger) => trigger.evaluate(input)), ...(input.custom ?? [])]
  const { custom = {}, ...own } = input.config
  const settings = { ...custom, ...own } as Readonly<Record<string, unknown>>
  return results.map((result) => (isOnlyReported(settings[result.trigger]) ? { ...result, onlyReport: true } : result))
}

function isOnlyReported(settings: unknown): boolean {
  return (
    typeof settings === 'object' &&
    settings !== null &&
    (settings as { 'only-report'?: boolean })['only-report'] === true
  )
}
