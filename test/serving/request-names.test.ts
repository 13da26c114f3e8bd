import { expect, test } from 'vitest'
import { parseRequest, toTable } from '../../src/serving/request.ts'

test.each([
  ['the version', 'gru\u0308n', 'gr\u00fcn'],
  ['the request', 'gr\u00fcn', 'gru\u0308n'],
])('an input is found by its name, however %s writes its marks', (_which, known, sent) => {
  const request = parseRequest({ inputs: [{ name: sent, datatype: 'FP64', shape: [1], data: [3] }] })
  const signature = { inputs: [{ name: known, datatype: 'FP64' as const, shape: [-1] }] }
  const { columns } = toTable(request, { model: 'churn', version: 1, signature })
  expect(columns).toMatchObject([{ name: known, values: Float64Array.of(3) }])
})
