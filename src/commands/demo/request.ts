import type { Manifest } from '../../registry/manifest.ts'
import type { LiveRow, Value } from './columns.ts'

/** An input tensor of the Open Inference Protocol with one row. */
export interface InputTensor {
  readonly name: string
  readonly datatype: Manifest['signature']['inputs'][number]['datatype']
  readonly shape: readonly [1]
  readonly data: readonly [Value]
}

/** The tensors that a model's signature asks for. A caller sends what the model wants, not all it knows. */
export function inputTensors(signature: Pick<Manifest['signature'], 'inputs'>, row: LiveRow): readonly InputTensor[] {
  const values: Readonly<Record<string, Value | undefined>> = row
  return signature.inputs.map(({ name, datatype }) => ({ name, datatype, shape: [1], data: [values[name] ?? null] }))
}
