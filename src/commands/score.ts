import type { ModelConfig } from '../config/schema.ts'
import type { Table } from '../data/table.ts'
import { scoreMetric } from '../evaluation/score.ts'
import { worthOf } from '../evaluation/worth.ts'
import { encodeLabels } from '../features/label.ts'
import { loadEngine } from '../training/engine.ts'
import { loadModel } from '../training/model.ts'
import type { PerformanceObservation } from '../triggers/index.ts'
import type { Champion } from './champion.ts'
import type { Project } from './project.ts'

/** The champion's metric on labelled rows that it has never seen. */
export async function scoreChampion(
  project: Project,
  model: ModelConfig,
  champion: Champion,
  rows: Table,
  available: number,
): Promise<PerformanceObservation> {
  const watched = model.triggers.performance
  const metric = (watched !== false ? watched.metric : undefined) ?? champion.manifest.evaluation.primary
  const engine = await loadEngine({ choice: model.train.engine, workspace: project.root, log: project.log })
  const loaded = await loadModel(engine, champion.files)
  try {
    const encoded = encodeLabels(loaded.spec, rows)
    const predictions = loaded.predict(rows, encoded.rows)
    const labels = { task: loaded.spec.task, classes: loaded.spec.label.classes, values: encoded.values }
    const { value, reason } = scoreMetric(metric, labels, predictions, {
      threshold: champion.manifest.signature.threshold ?? 0.5,
      value: model.evaluate.value && worthOf(model.evaluate.value, encoded.values, rows, encoded.rows),
    })
    if (value === null)
      return {
        none: `${metric} is undefined on the new rows: ${reason ?? 'no reason given'}`,
        rowsAvailable: available,
      }
    return { metric, value, n: encoded.rows.length, rowsAvailable: available }
  } finally {
    loaded.dispose()
  }
}
