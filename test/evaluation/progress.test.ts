import { expect, test } from 'vitest'
import { configSchema } from '../../src/config/schema.ts'
import type { EvaluateConfig } from '../../src/config/schema.ts'
import { createRandom } from '../../src/core/random.ts'
import type { ProgressUpdate } from '../../src/core/log.ts'
import { evaluate } from '../../src/evaluation/evaluate.ts'
import { labelsOf, predictionsOf } from './golden.ts'

test('an evaluation tells how far it is, from the metrics to the search for segments', () => {
  const random = createRandom(2)
  const rows = 400
  const labels = Array.from({ length: rows }, () => random.below(2))
  const scored = (noise: number) =>
    predictionsOf(
      'binary',
      labels.map((label) => Math.min(1, Math.max(0, 0.3 + 0.4 * label + noise * random.normal()))),
    )
  const plan = Int32Array.from({ length: rows }, () => random.below(3))
  const config = configSchema.parse({
    models: {
      m: {
        data: 'x.csv',
        label: 'y',
        evaluate: { slices: ['plan'], fairness: { protected: ['plan'] }, resamples: 200 },
      },
    },
  }).models['m']?.evaluate as EvaluateConfig
  const seen: ProgressUpdate[] = []
  evaluate({
    task: 'binary',
    config,
    gates: [],
    holdout: {
      table: { rows, columns: [{ kind: 'category', name: 'plan', codes: plan, dictionary: ['a', 'b', 'c'] }] },
      labels: labelsOf('binary', labels),
      columns: ['plan'],
      description: '',
      digest: '',
      championSafe: true,
    },
    candidate: { predictions: scored(0.2), version: 2 },
    champion: { predictions: scored(0.3), version: 1 },
    baseline: {
      predictions: predictionsOf(
        'binary',
        Array.from({ length: rows }, () => 0.5),
      ),
      name: 'always',
    },
    thresholds: {},
    progress: (update) => seen.push(update),
  })
  expect(new Set(seen.map(({ note }) => note))).toEqual(
    new Set(['metrics, 200 resamples', 'slices', 'fairness', 'segments']),
  )
  const done = seen.map((update) => update.done)
  expect(done).toEqual(done.toSorted((a, b) => a - b))
  expect(done[0]).toBe(0)
  expect(Math.max(...done)).toBeLessThanOrEqual(100)
  expect(new Set(seen.map(({ label, total }) => `${label} ${total}`))).toEqual(new Set(['evaluate 100']))
})
