import { drift } from './drift.ts'
import type { Trigger, TriggerInput } from './input.ts'
import { manual } from './manual.ts'
import { performance } from './performance.ts'
import { schedule } from './schedule.ts'
import type { TriggerResult } from './types.ts'
import { volume } from './volume.ts'

export { bootstrapResult } from './bootstrap.ts'
export type { ChampionFacts, ManualRequest, PerformanceObservation, TriggerInput, Unobserved } from './input.ts'

/** Every trigger, in the order of reports. A new one is a file of the same shape and a line here. */
export const TRIGGERS: readonly Trigger[] = [schedule, performance, drift, volume, manual]

/** What every trigger sees, whether or not it fires. Pure: equal input, equal results. */
export function evaluateTriggers(input: TriggerInput): readonly TriggerResult[] {
  return TRIGGERS.map((trigger) => trigger.evaluate(input))
}
