import type { GateConfig } from '../config/schema.ts'
import { marginOf, versusOf } from './compare.ts'
import type { GroupMetric } from './fairness-metrics.ts'
import { checkBounds } from './gate-bounds.ts'
import { checkVersus } from './gate-versus.ts'
import type { Evaluation, FairnessResult, GateResult } from './types.ts'

/** A gate on a fairness metric: one result per protected column and demand. */
export function checkFairness(
  evaluation: Evaluation,
  gate: GateConfig,
  metric: GroupMetric,
  enoughRows: boolean,
): readonly GateResult[] {
  const why = 'no protected column could be evaluated (evaluate.fairness.protected)'
  const attributes: readonly (FairnessResult | undefined)[] =
    evaluation.fairness.length > 0 ? evaluation.fairness : [undefined]
  return attributes.flatMap((attribute) => {
    const what = attribute ? `${metric.name} by ${attribute.attribute}` : metric.name
    const found = attribute?.metrics.find((one) => one.metric === metric.name)
    const reason = found ? found.reason : why
    const results: GateResult[] = []
    if (gate.min !== undefined || gate.max !== undefined) {
      const interval = found?.interval ?? null
      const enough = enoughRows && (interval !== null || found?.unsure === undefined)
      results.push(checkBounds({ gate, what, value: found?.candidate ?? null, interval, reason, enoughRows: enough }))
    }
    const versus = versusOf(gate)
    if (versus !== undefined) {
      results.push(
        checkVersus({
          evaluation,
          gate,
          versus,
          what,
          direction: metric.direction,
          margin: marginOf(metric, versus, gate),
          difference: versus === 'champion' ? (found?.change?.difference ?? null) : null,
          interval: versus === 'champion' ? (found?.change?.interval ?? null) : null,
          provenBetter: versus === 'baseline' || found?.change?.proven !== false,
          other: { value: found?.champion ?? null, interval: null },
          reason:
            versus === 'baseline'
              ? 'groups are not compared with the baseline'
              : (reason ?? found?.unsure ?? championReason(found)),
        }),
      )
    }
    return results
  })
}

function championReason(found: FairnessResult['metrics'][number] | undefined): string | undefined {
  return found?.champion === null ? 'it is undefined for the champion' : undefined
}
