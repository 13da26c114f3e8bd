import { formatNumber } from '../../core/format.ts'
import type { Predictions } from '../../training/types.ts'
import { changes, decisive, type Probe } from './probe.ts'
import type { BehaviourResult } from './types.ts'

/** Arithmetic of another batch size may differ in the last bits of a 32-bit float. */
const TOLERANCE = 1e-5
const EXAMPLES = 3

/**
 * Training/serving parity: each row of the probe alone, sent the way a client sends it, against its prediction in the
 * batch. `serve` takes a row of the probe's table; what it throws is a violation.
 */
export function checkParity(
  probe: Probe,
  serve: (row: number) => Predictions,
  severity: 'warn' | 'fail',
): BehaviourResult {
  const { rows, base } = probe
  const width = base.scores.length / Math.max(1, base.rows)
  const scores = new Float64Array(base.scores.length)
  let error: string | undefined
  for (let row = 0; row < rows.length; row++) {
    try {
      scores.set(serve(row).scores.subarray(0, width), row * width)
    } catch (thrown) {
      error ??= thrown instanceof Error ? thrown.message : String(thrown)
      scores.fill(Number.NaN, row * width, (row + 1) * width)
    }
  }
  const served: Predictions = { ...base, scores }
  const changed = changes(probe, served)
  const broken = [...changed.keys()].filter((row) => (changed[row] as number) > TOLERANCE)
  broken.sort((a, b) => (changed[b] as number) - (changed[a] as number) || a - b)
  const worst = changed.reduce((most, one) => Math.max(most, one), 0)
  const total = rows.length.toLocaleString('en-US')
  const sentence =
    broken.length === 0
      ? `${total} rows served one by one get the predictions they have in a batch (largest difference ${formatNumber(worst)})`
      : `${broken.length.toLocaleString('en-US')} of ${total} rows get another prediction when served alone than in a batch${error === undefined ? `, by up to ${formatNumber(worst)}` : `: ${error}`}`
  return {
    check: 'parity',
    columns: [],
    title: 'served row by row as in a batch',
    status: broken.length === 0 ? 'pass' : severity,
    configured: severity === 'fail',
    rows: rows.length,
    violations: broken.length,
    worst: Number.isFinite(worst) ? worst : null,
    tolerance: TOLERANCE,
    allowed: 0,
    sentence,
    examples: broken.slice(0, EXAMPLES).map((row) => ({
      row: rows[row] as number,
      column: '',
      before: 'in the batch',
      after: 'alone',
      predictionBefore: decisive(base, row),
      predictionAfter: decisive(served, row),
    })),
  }
}
