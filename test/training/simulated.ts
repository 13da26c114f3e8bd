import { configSchema, type TrainConfig } from '../../src/config/schema.ts'
import { createRandom } from '../../src/core/random.ts'
import { silentLog } from '../../src/core/log.ts'
import type { Task } from '../../src/core/task.ts'
import type { Table } from '../../src/data/table.ts'
import { fitFeatures } from '../../src/features/fit.ts'
import { encodeLabels, fitLabel } from '../../src/features/label.ts'
import { serializeFeatures } from '../../src/features/spec-file.ts'
import { createTransform } from '../../src/features/transform.ts'
import type { FeatureSpec } from '../../src/features/types.ts'
import type { Engine } from '../../src/training/engine.ts'
import { trainModel, type TrainOptions } from '../../src/training/train.ts'
import type { TrainedModel } from '../../src/training/types.ts'
import { tableOf } from '../features/tables.ts'

/**
 * Customers whose label depends on an interaction that a linear model of the raw columns cannot see: `wet` and `dry`
 * plans react to `use` in opposite ways. Every fifth value of `age` is missing.
 */
export function simulate(rows: number, task: Task, seed = 5): Table {
  const random = createRandom(seed)
  const use: number[] = []
  const age: (number | null)[] = []
  const plan: string[] = []
  const label: (string | number)[] = []
  for (let i = 0; i < rows; i++) {
    const u = random.normal()
    const p = random.next() < 0.5 ? 'wet' : 'dry'
    const a = 20 + random.below(60)
    const signal = (p === 'wet' ? 2 : -2) * u + (a - 50) / 30
    use.push(u)
    plan.push(p)
    age.push(i % 5 === 4 ? null : a)
    if (task === 'regression') label.push(1000 + 50 * signal + 5 * random.normal())
    else if (task === 'binary') label.push(random.next() < 1 / (1 + Math.exp(-2 * signal)) ? 'yes' : 'no')
    else label.push(signal + 0.3 * random.normal() < -1 ? 'low' : signal < 1 ? 'mid' : 'top')
  }
  return tableOf({ use, age, plan, label })
}

export const defaults: TrainConfig = configSchema.parse({ models: { m: { data: 'd', label: 'l' } } }).models['m']!.train

export interface Prepared {
  readonly spec: FeatureSpec
  readonly options: Omit<TrainOptions, 'engine'>
  /** Rows that were not trained on. */
  readonly held: Uint32Array
}

/** Three fifths train, one fifth decides on stopping, one fifth is held out. */
export function prepare(table: Table, task: Task, config: Partial<TrainConfig> = {}): Prepared {
  const cuts = [0, 0.6, 0.8, 1].map((share) => Math.round(share * table.rows))
  const part = (index: number): Uint32Array =>
    Uint32Array.from({ length: cuts[index + 1]! - cuts[index]! }, (_, i) => cuts[index]! + i)
  const label = fitLabel(table, part(0), { column: 'label', task })
  const spec = fitFeatures(table, part(0), { task, label, columns: ['use', 'age', 'plan'], maxCategories: 50 })
  const transform = createTransform(spec)
  return {
    spec,
    held: part(2),
    options: {
      task,
      label,
      train: transform(table, part(0)),
      trainLabels: encodeLabels(spec, table, part(0)).values,
      validation: transform(table, part(1)),
      validationLabels: encodeLabels(spec, table, part(1)).values,
      config: { ...defaults, epochs: 15, ...config },
      log: silentLog,
    },
  }
}

export async function trainOn(engine: Engine, prepared: Prepared): Promise<Map<string, Uint8Array>> {
  return filesOf(prepared.spec, await trainModel({ engine, ...prepared.options }))
}

export function filesOf(spec: FeatureSpec, trained: TrainedModel): Map<string, Uint8Array> {
  return new Map([
    ...trained.files.map(({ path, content }) => [path, content] as const),
    ['features.json', serializeFeatures(spec)] as const,
  ])
}
