import type { Table } from '../data/table.ts'
import { fitCalibration, formatCalibration } from '../evaluation/calibration.ts'
import { encodeLabels } from '../features/label.ts'
import { createTransform } from '../features/transform.ts'
import type { LoadedModel } from '../training/model.ts'

/** So many held-out rows say enough about the scores. */
const MOST_ROWS = 20_000

/** The file with which a version's metric is estimated while labels are late; undefined where the holdout is too small. */
export function calibrateCandidate({ spec, predict }: LoadedModel, holdout: Table): Uint8Array | undefined {
  const step = Math.max(1, Math.ceil(holdout.rows / MOST_ROWS))
  const picked = Uint32Array.from({ length: Math.ceil(holdout.rows / step) }, (_, i) => i * step)
  const { rows, values } = encodeLabels(spec, holdout, picked)
  const labels = { task: spec.task, classes: spec.label.classes, values }
  const features = spec.task === 'regression' ? createTransform(spec)(holdout, rows) : undefined
  const calibration = fitCalibration(labels, predict(holdout, rows), features)
  return calibration && formatCalibration(calibration)
}
