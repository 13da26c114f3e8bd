import { expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { fairnessResults } from '../../src/evaluation/fairness.ts'
import { createSample, type Sample } from '../../src/evaluation/sample.ts'
import type { Labels } from '../../src/training/types.ts'

test.each([1, 2, 3])('a change whose rates may be 0 / 0 has two ends that are numbers (data %i)', (seed) => {
  const rows = 600
  const random = createRandom(seed)
  const rare = (row: number): boolean => row < 40
  const values = Float64Array.from({ length: rows }, (_, row) => (random.next() < (rare(row) ? 0.05 : 0.3) ? 1 : 0))
  const classes = ['no', 'yes']
  const labels: Labels = { task: 'binary', classes, values }
  const model = (noise: number): Sample => {
    const score = (row: number): number => (rare(row) ? 0.02 : 0.3) + noise * random.normal()
    const scores = Float64Array.from({ length: rows }, (_, row) => Math.min(0.99, Math.max(0.001, score(row))))
    return createSample(labels, { task: 'binary', rows, classes, scores }, {})
  }
  const codes = Int32Array.from({ length: rows }, (_, row) => (rare(row) ? 0 : row < 80 ? 1 : 2))
  const [result] = fairnessResults({
    table: { rows, columns: [{ kind: 'category', name: 'g', codes, dictionary: ['x', 'y', 'z'] }] },
    rows: Uint32Array.from({ length: rows }, (_, row) => row),
    protected: ['g'],
    minGroup: 30,
    candidate: model(0.1),
    champion: model(0.15),
    options: { resamples: 200, level: 0.95, seed: 1 },
  })
  for (const { metric, change } of result?.metrics ?? []) {
    if (!change?.interval) continue
    const { low, high } = change.interval
    expect([metric, Number.isFinite(low) && Number.isFinite(high)]).toEqual([metric, true])
    expect([metric, low <= change.difference && change.difference <= high]).toEqual([metric, true])
  }
})
