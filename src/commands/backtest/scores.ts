import type { ModelConfig } from '../../config/schema.ts'
import { findMetric } from '../../config/metric-names.ts'
import { scoreMetric } from '../../evaluation/score.ts'
import { worthOf } from '../../evaluation/worth.ts'
import { encodeLabels } from '../../features/label.ts'
import type { Engine } from '../../training/engine.ts'
import { loadModel } from '../../training/model.ts'
import type { Labels, Predictions } from '../../training/types.ts'
import type { Champion } from '../champion.ts'
import type { History } from './history.ts'

/** What every model that was ever trained scores in every period after its training. */
export interface Scoreboard {
  /** Score of a version in a period; null where the metric is undefined there. */
  score(champion: Champion, period: number): Promise<number | null>
  /** The best score of all models known by the start of each period: known only afterwards. */
  oracle(): readonly (number | null)[]
  readonly models: number
}

interface Row {
  readonly from: number
  readonly scores: readonly (number | null)[]
}

export function createScoreboard(options: {
  readonly engine: Engine
  readonly model: ModelConfig
  readonly metric: string
  readonly history: History
  readonly bounds: readonly number[]
}): Scoreboard {
  const { engine, model, metric, history, bounds } = options
  const rows = new Map<string, Promise<Row>>()
  const settled: Row[] = []
  const periods = bounds.length - 1
  const direction = findMetric(metric)?.direction ?? 'higher'

  async function scoreAll(champion: Champion, from: number): Promise<Row> {
    const loaded = await loadModel(engine, champion.files)
    try {
      const threshold = champion.manifest.signature.threshold ?? 0.5
      const { task, label } = loaded.spec
      const scores = Array.from({ length: periods }, (_, period): number | null => {
        if (period < from) return null
        const first = history.rowsBefore(bounds[period] as number)
        const last = history.rowsBefore(bounds[period + 1] as number)
        const encoded = encodeLabels(
          loaded.spec,
          history.table,
          Uint32Array.from({ length: last - first }, (_none, i) => first + i),
        )
        if (encoded.rows.length === 0) return null
        const labels: Labels = { task, classes: label.classes, values: encoded.values }
        const predictions: Predictions = loaded.predict(history.table, encoded.rows)
        const { value: costs } = model.evaluate
        const worth = costs && worthOf(costs, encoded.values, history.table, encoded.rows)
        return scoreMetric(metric, labels, predictions, { threshold, value: worth }).value
      })
      const row = { from, scores }
      settled.push(row)
      return row
    } finally {
      loaded.dispose()
    }
  }

  return {
    get models() {
      return settled.length
    },
    async score(champion, period) {
      const { digest } = champion.manifest.artifact
      const known = rows.get(digest) ?? scoreAll(champion, period)
      rows.set(digest, known)
      const row = await known
      // Another policy may have come by the same model earlier or later; it is scored from the earliest on.
      if (period >= row.from) return row.scores[period] ?? null
      const again = scoreAll(champion, period)
      rows.set(digest, again)
      return (await again).scores[period] ?? null
    },
    oracle() {
      return Array.from({ length: periods }, (_, period) => {
        const values = settled.flatMap(({ from, scores }) => (from <= period ? [scores[period] ?? null] : []))
        return best(
          values.filter((value) => value !== null),
          direction,
        )
      })
    },
  }
}

function best(values: readonly number[], direction: 'higher' | 'lower'): number | null {
  if (values.length === 0) return null
  return direction === 'higher' ? Math.max(...values) : Math.min(...values)
}

/** The mean of the periods' scores, each with the weight of its rows; null where no period has a score. */
export function overall(scores: readonly (number | null)[], rowsOf: readonly number[]): number | null {
  let sum = 0
  let rows = 0
  for (const [period, score] of scores.entries()) {
    if (score === null) continue
    sum += score * (rowsOf[period] as number)
    rows += rowsOf[period] as number
  }
  return rows === 0 ? null : sum / rows
}
