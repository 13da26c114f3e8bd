import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { ascendingOrder, descendingOrder } from '../../src/stats/order.ts'

/** Numbers at which the bits change their meaning. */
const EDGES = [0, -0, 1, -1, Number.MIN_VALUE, -Number.MIN_VALUE, Infinity, -Infinity, 2 ** 1023, -(2 ** -1022), 1 / 3]

describe.each([
  ['ascending', ascendingOrder, 1],
  ['descending', descendingOrder, -1],
] as const)('the %s order', (_, orderOf, sign) => {
  // Array.prototype.sort is stable.
  const sorted = (values: Float64Array): number[] =>
    [...values.keys()].sort((a, b) => {
      const [one, other] = [values[a] as number, values[b] as number]
      return one === other ? 0 : sign * (one < other ? -1 : 1)
    })

  test.each([0, 1, 2, 50, 1999, 2000, 2001, 5000])('of %d values is that of a stable sort', (n) => {
    const random = createRandom(n)
    const kinds = [
      () => random.normal(),
      () => random.below(5) - 2,
      () => Math.fround(random.next()),
      () => EDGES[random.below(EDGES.length)] as number,
      () => 10 ** (600 * random.next() - 300) * (random.below(2) - 0.5),
      () => 1 + random.below(2000) * Number.EPSILON,
      () => -7,
    ]
    for (const kind of kinds) {
      const values = Float64Array.from({ length: n }, kind)
      expect([...orderOf(values)]).toEqual(sorted(values))
    }
  })
})
