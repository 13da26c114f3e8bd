import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { bootstrap, drawUnits, type Statistic } from '../../src/stats/bootstrap.ts'
import type { Drawn } from '../../src/stats/drawn.ts'
import { tabulate } from '../../src/stats/sum-table.ts'
import { sumRows, termsOf } from '../../src/stats/sums.ts'
import { createUnits, MOST_UNITS, type Units } from '../../src/stats/units.ts'

const random = () => createRandom(1)

/** How often each row is in each resample. */
function drawRows(units: Units, resamples: number): readonly Float64Array[] {
  const draws: Float64Array[] = []
  const spy: Statistic = {
    size: 1,
    score(counts, out) {
      out[0] = 0
      draws.push(Float64Array.from({ length: units.rows }, (_, row) => counts[units.of?.[row] ?? row] as number))
    },
  }
  bootstrap([spy], { units, resamples, seed: 5 })
  return draws.slice(0, resamples)
}

describe('what a bootstrap draws', () => {
  test('single rows, while there are not too many', () => {
    expect(createUnits({ rows: MOST_UNITS, random: random() })).toMatchObject({ kind: 'rows', count: MOST_UNITS })
    const groups = createUnits({ rows: MOST_UNITS * 3, random: random() })
    expect(groups).toMatchObject({ kind: 'groups', count: MOST_UNITS })
    const sizes = new Float64Array(MOST_UNITS)
    for (const unit of groups.of ?? []) sizes[unit] = (sizes[unit] as number) + 1
    expect(new Set(sizes)).toEqual(new Set([3]))
  })

  test('all rows of an id together, however many ids', () => {
    for (const ids of [40, 5000]) {
      const rows = ids * 3
      const clusters = Uint32Array.from({ length: rows }, (_, row) => (row * 7919) % ids)
      const units = createUnits({ rows, random: random(), clusters })
      expect(units.count).toBe(Math.min(ids, MOST_UNITS))
      for (const draw of drawRows(units, 3)) {
        const byId = new Map<number, number>()
        draw.forEach((count, row) => {
          const id = clusters[row] as number
          expect(byId.get(id) ?? count).toBe(count)
          byId.set(id, count)
        })
      }
    }
  })

  test('within classes: every resample has rows of a rare class, as many as chance gives it', () => {
    const rows = 9000
    const strata = Uint32Array.from({ length: rows }, (_, row) => (row % 1000 === 0 ? 1 : 0))
    const units = createUnits({ rows, random: random(), strata })
    expect(units.kind).toBe('strata')
    const rare = drawRows(units, 400).map((draw) =>
      draw.reduce((sum, count, row) => sum + count * (strata[row] as number), 0),
    )
    expect(Math.min(...rare)).toBeGreaterThan(0.99)
    // Binomial(9,000, 1/1,000): mean 9, standard deviation 3.
    const mean = rare.reduce((sum, one) => sum + one / rare.length, 0)
    const variance = rare.reduce((sum, one) => sum + (one - mean) ** 2 / rare.length, 0)
    expect(Math.abs(mean - 9)).toBeLessThan(0.6)
    expect(Math.abs(Math.sqrt(variance) - 3)).toBeLessThan(0.4)
  })

  test('neighbours in time together', () => {
    const rows = 400
    const order = Uint32Array.from({ length: rows }, (_, i) => (i * 37) % rows)
    const units = createUnits({ rows, random: random(), series: { order, block: 20 } })
    expect(units).toMatchObject({ kind: 'blocks', block: 20, count: rows })
    for (const draw of drawRows(units, 5)) {
      const inTime = [...order].map((row) => draw[row] as number)
      expect(inTime.reduce((sum, count) => sum + count, 0)).toBe(rows)
      const changes = inTime.filter((count, i) => count !== inTime[(i + 1) % rows]).length
      // 20 blocks have at most 40 ends; single rows would change some 260 times.
      expect(changes).toBeLessThanOrEqual(40)
    }
  })
})

describe('sums', () => {
  const rows = fc.array(
    fc.record({
      x: fc.integer({ min: -5, max: 5 }),
      cell: fc.integer({ min: 0, max: 2 }),
      weight: fc.integer({ min: 0, max: 3 }),
      unit: fc.integer({ min: 0, max: 4 }),
    }),
    { minLength: 1, maxLength: 40 },
  )

  test.each([3, 200])('of units are those of their rows, with tables of %d cells', (cells) => {
    expect.hasAssertions()
    fc.assert(
      fc.property(rows, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 }), (list, counts) => {
        const terms = {
          rows: list.length,
          columns: [Float64Array.from(list, (row) => row.x)],
          cells: [
            { count: cells, code: Uint32Array.from(list, (row) => row.cell) },
            {
              count: 3,
              code: Uint8Array.from(list, (row) => row.cell),
              values: Float64Array.from(list, (row) => row.x),
            },
          ],
        }
        const weights = Float64Array.from(list, (row) => row.weight)
        const units = {
          rows: list.length,
          count: 5,
          of: Uint32Array.from(list, (row) => row.unit),
          strata: [5],
          block: 1,
          kind: 'groups',
        } as const
        const drawn = tabulate(terms, units, weights).add(Float64Array.from(counts))
        const direct = sumRows(
          terms,
          Float64Array.from(list, (row) => row.weight * (counts[row.unit] as number)),
        )
        expect([...drawn]).toEqual([...direct].map((sum) => sum + 0))
      }),
      { numRuns: 60 },
    )
  })

  test('of resamples are the same numbers, counts packed into one number or not', () => {
    const random = createRandom(11)
    for (const rows of [7, 500, 20_000]) {
      const units = createUnits({ rows, random })
      const code = Uint32Array.from({ length: rows }, () => random.below(5))
      const columns = [
        Float64Array.from({ length: rows }, () => random.below(2)),
        Float64Array.from({ length: rows }, () => 1000 * random.below(1000)),
        Float64Array.from({ length: rows }, () => random.normal()),
        new Float64Array(rows),
      ]
      const table = tabulate({ rows, columns, cells: [{ count: 5, code }] }, units, undefined)
      const counts = new Float64Array(units.count)
      for (let draw = 0; draw < 20; draw++) {
        drawUnits(units, random, counts)
        const plain = [...table.add(counts)]
        expect([...table.add(counts, { whole: true })]).toEqual(plain)
      }
    }
  })

  test('of tables of the same units are found together, each with its own', () => {
    const random = createRandom(13)
    const rows = 9000
    const column = (value: () => number) => Float64Array.from({ length: rows }, value)
    const [labels, x, y] = [column(() => random.below(2)), column(() => random.normal()), column(() => random.next())]
    const units = createUnits({ rows, random })
    const tables = [[labels, x], [labels, y], [x, labels, labels], []].map((columns) =>
      tabulate({ rows, columns }, units, undefined),
    )
    const counts = new Float64Array(units.count)
    for (let draw = 0; draw < 5; draw++) {
      drawUnits(units, random, counts)
      const resample = { whole: true } as const
      for (const table of tables) expect([...table.add(counts, resample)]).toEqual([...table.add(counts)])
    }
    const late = tabulate({ rows, columns: [y, x] }, units, undefined)
    const resample = { whole: true } as const
    tables[0]?.add(counts, resample)
    expect([...late.add(counts, resample)]).toEqual([...late.add(counts)])
  })

  test('without a block are those of the counts that leave it out', () => {
    const random = createRandom(14)
    const rows = 1000
    const x = Float64Array.from({ length: rows }, () => random.normal())
    const units = createUnits({ rows, random })
    const table = tabulate({ rows, columns: [x] }, units, undefined)
    let left = 0
    const statistic = {
      size: 1,
      score(counts: Float64Array, _: Float64Array, drawn?: Drawn) {
        if (drawn === undefined || !('blocks' in drawn)) return
        left++
        const plain = [...table.add(counts)]
        table.add(counts, drawn).forEach((sum, i) => expect(sum).toBeCloseTo(plain[i] as number, 9))
      },
    }
    bootstrap([statistic], { units, resamples: 1, seed: 2 })
    expect(left).toBe(250)
  })

  test('made part by part are those of all rows at once', () => {
    const random = createRandom(12)
    const rows = 150_000
    const x = Float64Array.from({ length: rows }, () => random.normal())
    const code = Uint8Array.from({ length: rows }, () => random.below(3))
    const weights = Float64Array.from({ length: rows }, () => random.below(3))
    const part = (from: number, to: number) => ({
      rows: to - from,
      columns: [x.slice(from, to)],
      cells: [{ count: 3, code: code.slice(from, to) }],
    })
    const [whole, parted] = [termsOf(rows, part, rows), termsOf(rows, part, 0)]
    const units = createUnits({ rows, random })
    const counts = new Float64Array(units.count)
    drawUnits(units, random, counts)
    for (const own of [undefined, weights]) {
      expect([...sumRows(parted, own)]).toEqual([...sumRows(whole, own)])
      expect([...tabulate(parted, units, own).add(counts)]).toEqual([...tabulate(whole, units, own).add(counts)])
    }
  })
})

test('counts are called whole numbers only where they are', () => {
  const random = createRandom(4)
  const strata = Uint32Array.from({ length: 400 }, (_, row) => (row < 12 ? 1 : 0))
  for (const units of [createUnits({ rows: 400, random }), createUnits({ rows: 400, random, strata })]) {
    const seen = { whole: 0, fractional: 0 }
    const statistic = {
      size: 1,
      score(counts: Float64Array, _: Float64Array, drawn?: Drawn) {
        const fits = counts.every(Number.isInteger)
        if (drawn && 'whole' in drawn)
          expect([fits, counts.reduce((sum, one) => sum + one, 0)]).toEqual([true, units.count])
        if (!fits) seen.fractional++
        else seen.whole++
      },
    }
    bootstrap([statistic], { units, resamples: 20, seed: 1 })
    expect(units.sizes === undefined ? seen.whole : seen.fractional).toBeGreaterThanOrEqual(20)
  }
})
