import type { TrainConfig } from '../config/schema.ts'

/**
 * A step costs about the same for 64 rows as for a few hundred, and some 75 steps per epoch are enough to learn. Measured
 * on Adult, Electricity, Telco and Bike; see docs/training.md.
 */
export function defaultBatchSize(rows: number): number {
  return Math.min(1024, Math.max(32, 2 ** Math.round(Math.log2(Math.max(1, rows) / 75))))
}

/**
 * Grows with the root of a large batch, as the noise of the gradient shrinks with it; few rows make few steps per epoch, so
 * that smaller steps would not arrive. A linear model bears larger ones.
 */
export function defaultLearningRate(model: TrainConfig['model'], batchSize: number): number {
  return (model === 'linear' ? 0.01 : 0.002) * Math.max(1, Math.sqrt(batchSize / 256))
}
