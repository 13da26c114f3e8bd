import type { ColumnKind } from '../data/table.ts'
import type { FeatureSpec } from './types.ts'

/** Names, datatypes and shapes of the Open Inference Protocol; the part of a manifest's signature that features decide. */
export interface Signature {
  readonly inputs: { name: string; datatype: 'FP64' | 'BYTES' | 'INT64' }[]
  readonly outputs: { name: string; datatype: 'FP64' | 'BYTES'; shape: number[] }[]
  readonly classes: string[]
}

const DATATYPES = { number: 'FP64', category: 'BYTES', time: 'INT64' } as const

/**
 * What a client sends (raw columns; times as epoch milliseconds) and gets: binary `probability` of the positive class
 * and `label`; multiclass `probabilities` in the order of the classes and `label`; regression `prediction`.
 * −1 is the number of rows.
 */
export function signatureOf(spec: FeatureSpec): Signature {
  const inputs = spec.inputs.map(({ column, kind }) => ({ name: column, datatype: DATATYPES[kind] }))
  const classes = [...spec.label.classes]
  const label = { name: 'label', datatype: 'BYTES' as const, shape: [-1] }
  const score = (name: string, ...shape: number[]) => ({ name, datatype: 'FP64' as const, shape: [-1, ...shape] })
  if (spec.task === 'regression') return { inputs, outputs: [score('prediction')], classes }
  if (spec.task === 'binary') return { inputs, outputs: [score('probability'), label], classes }
  return { inputs, outputs: [score('probabilities', classes.length), label], classes }
}

/** Types of the raw input columns as they were in training: what a reader holds new data to. */
export function columnTypes(spec: FeatureSpec): Readonly<Record<string, ColumnKind>> {
  return Object.fromEntries(spec.inputs.map(({ column, kind }) => [column, kind]))
}
