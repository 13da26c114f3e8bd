import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import type { Column } from '../../src/data/table.ts'
import type { Metric } from '../../src/evaluation/metrics/family.ts'
import { findMetric } from '../../src/evaluation/metrics.ts'
import { createSample } from '../../src/evaluation/sample.ts'
import { findSegments } from '../../src/evaluation/segments.ts'
import { createUnits } from '../../src/stats/units.ts'

const CUSTOMERS = 60
const EACH = 20
const ROWS = CUSTOMERS * EACH
const random = createRandom(8)
const customer = Uint32Array.from({ length: ROWS }, (_, i) => Math.floor(i / EACH))
const classes = ['no', 'yes']

/** Customers who are all hard or all easy; plan belongs to the customer, not to the difficulty. */
function world() {
  const hard = Array.from({ length: CUSTOMERS }, () => random.below(2))
  const plan = Array.from({ length: CUSTOMERS }, () => random.below(3))
  const labels = Float64Array.from(customer, () => random.below(2))
  const scores = labels.map((label, i) => (hard[customer[i] as number] ? 0.5 : Math.abs(label - 0.1)))
  const column: Column = {
    kind: 'category',
    name: 'plan',
    codes: Int32Array.from(customer, (c) => plan[c] as number),
    dictionary: ['a', 'b', 'c'],
  }
  return {
    table: { rows: ROWS, columns: [column] },
    rows: Uint32Array.from({ length: ROWS }, (_, i) => i),
    columns: ['plan'],
    minRows: 100,
    most: 5,
    metric: findMetric('binary', 'brier') as Metric,
    candidate: createSample(
      { task: 'binary', classes, values: labels },
      { task: 'binary', rows: ROWS, classes, scores },
    ),
    champion: undefined,
    options: { level: 0.95 },
  }
}

describe('the search for segments', () => {
  test('does not take one customer’s rows for many: rarely significant where there is nothing, often if it did', () => {
    const units = createUnits({ rows: ROWS, random, clusters: customer })
    let [together, apart] = [0, 0]
    for (let run = 0; run < 60; run++) {
      const input = world()
      if (findSegments({ ...input, units })?.worst.some((one) => one.significant)) together++
      if (findSegments(input)?.worst.some((one) => one.significant)) apart++
    }
    expect(together).toBeLessThanOrEqual(8)
    expect(apart).toBeGreaterThan(25)
  })

  test('says the same of units of one row each as of rows', () => {
    const input = world()
    const units = { ...createUnits({ rows: ROWS, random, clusters: Uint32Array.from({ length: ROWS }, (_, i) => i) }) }
    const [one, other] = [findSegments(input), findSegments({ ...input, units })]
    expect(other?.worst.length).toBe(one?.worst.length)
    other?.worst.forEach((segment, i) => {
      expect(segment.excess).toBeCloseTo(one?.worst[i]?.excess ?? Number.NaN, 12)
      expect(segment.interval.low).toBeCloseTo(one?.worst[i]?.interval.low ?? Number.NaN, 10)
    })
  })
})
