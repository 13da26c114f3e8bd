import { costTableOf } from '../evaluation/worth.ts'
import type { ModelConfig } from '../config/schema.ts'
import { createRandom } from '../core/random.ts'
import type { Task } from '../core/task.ts'
import { buildProfile } from '../data/profile.ts'
import { fitProfile } from '../data/profile-size.ts'
import { fitStructure } from '../data/structure.ts'
import type { Table } from '../data/table.ts'
import type { Profile } from '../data/types.ts'
import { permutationImportance } from '../evaluation/importance.ts'
import { primaryMetric } from '../evaluation/score.ts'
import { encodeLabels } from '../features/label.ts'
import type { LoadedModel } from '../training/model.ts'

interface Made {
  readonly model: ModelConfig
  readonly task: Task
  readonly table: Table
  readonly trainedOn: Uint32Array
  /** The features. */
  readonly columns: readonly string[]
  readonly holdout: Table
  readonly loaded: LoadedModel
}

/**
 * What later data is held against: the distribution of every feature and of the label, how much the model needs each
 * feature, and, where the drift trigger will ask for it, how the features hang together.
 */
export function profileCandidate({ model, task, table, trainedOn, columns, holdout, loaded }: Made): Profile {
  const { seed } = model.train
  const held = encodeLabels(loaded.spec, holdout)
  const importance = permutationImportance({
    metric: primaryMetric(task, model.evaluate.primary),
    table: holdout,
    rows: held.rows,
    labels: { task, classes: loaded.spec.label.classes, values: held.values },
    columns,
    width: loaded.spec.outputs.length,
    options: { value: costTableOf(model.evaluate.value) },
    predict: (shown) => loaded.predict(shown),
    random: createRandom(seed),
  })
  const described = buildProfile(table, trainedOn, columns, { time: model.data.time, label: model.data.label })
  const profile: Profile = {
    ...described,
    columns: described.columns.map((column) => {
      const loss = importance.get(column.name)
      return loss === undefined ? column : { ...column, importance: loss }
    }),
  }
  const { drift } = model.triggers
  if (drift === false || !drift.multivariate) return profile
  const structure = fitStructure(table, trainedOn, profile, createRandom(seed))
  return structure === undefined ? profile : fitProfile({ ...profile, structure })
}
