import type { TrainConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { textIndex } from '../features/text-index.ts'

/**
 * The weight of each row in the loss: its own weight times its class's, scaled to a mean of 1 so that the learning rate
 * means the same. `balanced`: n / (classes · rows of the class). undefined: all 1.
 * @throws RefitError `config` where a class is named that does not exist, or the task has none.
 */
export function lossWeights(
  labels: Float64Array,
  rowWeights: Float64Array | undefined,
  classWeights: Float64Array | undefined,
): Float64Array | undefined {
  if (rowWeights === undefined && classWeights === undefined) return undefined
  const weights = Float64Array.from(
    labels,
    (label, row) => (rowWeights?.[row] ?? 1) * (classWeights === undefined ? 1 : (classWeights[label] as number)),
  )
  const mean = weights.reduce((sum, weight) => sum + weight / weights.length, 0)
  if (labels.length > 0 && !(mean > 0 && Number.isFinite(mean))) {
    throw new RefitError('data', 'the sample weights of the rows are not all numbers, or sum up to nothing', {
      hint: 'Weights are numbers from 0 up; check data.weight.',
    })
  }
  return weights.map((weight) => weight / mean)
}

/** One weight per class as `train.class-weights` says; undefined where all count the same. */
export function classWeightsOf(
  config: TrainConfig['class-weights'],
  classes: readonly string[],
  labels: Float64Array,
): Float64Array | undefined {
  if (config === 'none') return undefined
  if (classes.length === 0) {
    throw new RefitError('config', 'train.class-weights is set, but a regression has no classes', {
      hint: 'Remove train.class-weights.',
    })
  }
  if (config === 'balanced') {
    const counts = new Float64Array(classes.length)
    for (const label of labels) counts[label] = (counts[label] as number) + 1
    return counts.map((count) => (count === 0 ? 1 : labels.length / (classes.length * count)))
  }
  const weights = new Float64Array(classes.length).fill(1)
  const find = textIndex(classes)
  for (const [name, weight] of Object.entries(config)) {
    const code = find(name)
    if (code === undefined) {
      throw new RefitError(
        'config',
        `train.class-weights names ${JSON.stringify(name)}, which is no class of the label`,
        {
          hint: `The classes are ${classes.map((known) => JSON.stringify(known)).join(', ')}.`,
        },
      )
    }
    weights[code] = weight
  }
  return weights
}
