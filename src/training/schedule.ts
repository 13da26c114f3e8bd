import type { TrainConfig } from '../config/schema.ts'

export function defaultBatchSize(rows: number): number {
  return Math.min(1024, Math.max(32, 2 ** Math.round(Math.log2(rows / 100))))
}

export function defaultLearningRate(model: TrainConfig['model'], batchSize: number): number {
  return (model === 'linear' ? 0.01 : 0.002) * Math.sqrt(batchSize / 256)
}
