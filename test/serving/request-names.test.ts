import { expect, test } from 'vitest'
import type { FeatureSpec } from '../../src/features/types.ts'
import { parseRequest, toTable } from '../../src/serving/request.ts'

test.each([
  ['the version', 'gru\u0308n', 'gr\u00fcn'],
  ['the request', 'gr\u00fcn', 'gru\u0308n'],
])('an input is found by its name, however %s writes its marks', (_which, known, sent) => {
  const request = parseRequest({ inputs: [{ name: sent, datatype: 'FP64', shape: [1], data: [3] }] })
  const spec: FeatureSpec = {
    schemaVersion: 1,
    task: 'regression',
    label: { column: 'y', classes: [], mean: 0, sd: 1 },
    inputs: [{ kind: 'number', column: known, impute: 0, mean: 0, sd: 1, missingIndicator: false }],
    outputs: [known],
  }
  const { columns } = toTable(request, { model: 'churn', version: 1 }, spec)
  expect(columns).toMatchObject([{ name: known, values: Float64Array.of(3) }])
})
