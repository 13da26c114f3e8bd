import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { buildProfile } from '../../src/data/profile.ts'
import { createProfileSketch } from '../../src/data/profile-sketch.ts'
import { takeRows, type Table } from '../../src/data/table.ts'
import { createDistinct } from '../../src/stats/hyper-log-log.ts'
import { createHeavyHitters } from '../../src/stats/heavy-hitters.ts'
import { createKll, kllRankError } from '../../src/stats/kll.ts'
import { rankError } from '../support/rank-error.ts'

describe('quantile sketch', () => {
  test('is exact while everything fits, and never loses a row', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true })), fc.array(fc.double({ noNaN: true })), (first, second) => {
        const [a, b] = [createKll(64), createKll(64)]
        first.forEach((value) => a.add(value))
        second.forEach((value) => b.add(value))
        a.merge(b)
        const items = a.items()
        expect(items.reduce((sum, [, weight]) => sum + weight, 0)).toBe(first.length + second.length)
        expect(a.count).toBe(first.length + second.length)
        if (first.length + second.length >= 64) return
        expect(items.map(([value]) => value)).toEqual([...first, ...second].sort((x, y) => x - y))
      }),
    )
  })

  test('of parts that are merged errs no more than promised, as does the sketch of the whole, whatever the order', () => {
    const random = createRandom(3)
    for (const draw of [() => random.normal(), () => Math.exp(3 * random.normal()), () => random.below(7)]) {
      const values = Float64Array.from({ length: 60_000 }, draw)
      const ordered = values.slice().sort()
      for (const stream of [values, ordered]) {
        const whole = createKll(200, 1)
        stream.forEach((value) => whole.add(value))
        const parts = Array.from({ length: 6 }, (_, part) => {
          const sketch = createKll(200, 10 + part)
          stream.subarray(part * 10_000, (part + 1) * 10_000).forEach((value) => sketch.add(value))
          return sketch
        })
        const merged = parts.reduce((into, part) => {
          into.merge(part)
          return into
        })
        for (const sketch of [whole, merged]) {
          // The promise is about any one rank; this is the worst of all: twice as much.
          expect(rankError(sketch, ordered)).toBeLessThan(2 * kllRankError(200))
          expect(sketch.items().length).toBeLessThan(5 * 200)
        }
      }
    }
  })
})

describe('heavy hitters', () => {
  test('of parts that are merged are off by less than count / capacity, and exact where all names fit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 300 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 2, max: 80 }),
        (parts, capacity) => {
          const truth = new Map<string, number>()
          const sketches = parts.map((part) => {
            const sketch = createHeavyHitters(capacity)
            for (const value of part) {
              truth.set(`${value}`, (truth.get(`${value}`) ?? 0) + 1)
              sketch.add(`${value}`)
            }
            return sketch
          })
          const merged = createHeavyHitters(capacity)
          for (const sketch of sketches) merged.merge(sketch)
          const found = new Map(merged.items())
          expect(found.size).toBeLessThanOrEqual(capacity)
          expect(merged.error).toBeLessThanOrEqual(merged.count / (capacity + 1))
          for (const [name, count] of truth) {
            const seen = found.get(name) ?? 0
            expect(seen).toBeLessThanOrEqual(count)
            expect(seen).toBeGreaterThanOrEqual(count - merged.error)
          }
          expect(truth.size > capacity || merged.error === 0).toBe(true)
        },
      ),
    )
  })
})

describe('distinct counts', () => {
  test('are within three standard errors, and a merge is the sketch of the whole', () => {
    for (const n of [10, 500, 5000, 100_000]) {
      const [whole, even, odd] = [createDistinct(), createDistinct(), createDistinct()]
      for (let i = 0; i < n; i++) {
        for (const sketch of [whole, i % 2 === 0 ? even : odd]) {
          sketch.add(`customer ${i}`)
          sketch.add(`customer ${i}`)
        }
      }
      even.merge(odd)
      expect(Math.abs(whole.estimate() - n) / n).toBeLessThan(3 * 0.0163)
      expect(even.estimate()).toBe(whole.estimate())
    }
  })
})

describe('the sketch of a profile', () => {
  const random = createRandom(8)
  const rows = 30_000
  const cities = Array.from({ length: 3000 }, (_, i) => `city ${i}`)
  const table: Table = {
    rows,
    columns: [
      {
        kind: 'number',
        name: 'spend',
        values: Float64Array.from({ length: rows }, () =>
          random.next() < 0.1 ? Number.NaN : Math.exp(random.normal()),
        ),
        integer: false,
      },
      {
        kind: 'number',
        name: 'rooms',
        values: Float64Array.from({ length: rows }, () => random.below(9)),
        integer: true,
      },
      { kind: 'time', name: 'at', values: Float64Array.from({ length: rows }, (_, i) => i * 60_000) },
      {
        kind: 'category',
        name: 'plan',
        dictionary: ['a', 'b'],
        codes: Int32Array.from({ length: rows }, () => random.below(3) - 1),
      },
      {
        kind: 'category',
        name: 'city',
        dictionary: cities,
        codes: Int32Array.from({ length: rows }, () => Math.floor(3000 * random.next() ** 4)),
      },
    ],
  }
  const names = table.columns.map((column) => column.name)
  const exact = buildProfile(table, undefined, names)
  const part = (from: number, to: number): Table =>
    takeRows(
      table,
      Uint32Array.from({ length: to - from }, (_, i) => from + i),
    )
  const sketchOf = (...parts: readonly Table[]) => {
    const sketch = createProfileSketch(table.columns)
    for (const one of parts) sketch.add(one)
    return sketch
  }
  const merged = sketchOf(part(0, 7000), part(7000, 12_000))
  merged.merge(sketchOf(part(12_000, 12_000)))
  merged.merge(sketchOf(part(12_000, rows)))

  test.each([
    ['of the whole', sketchOf(table)],
    ['of batches that are merged', merged],
  ])('%s is the profile of the rows, within the errors it states', (_name, sketch) => {
    const profile = sketch.result()
    expect(profile.rows).toBe(rows)
    for (const [i, column] of profile.columns.entries()) {
      const truth = exact.columns[i]!
      expect(column).toMatchObject({ name: truth.name, rows: truth.rows, missing: truth.missing })
      if (column.kind === 'category' || truth.kind === 'category') continue
      expect(column).toMatchObject({ min: truth.min, max: truth.max })
      expect(column.mean).toBeCloseTo(truth.mean, 6)
      expect(column.sd).toBeCloseTo(truth.sd, 5)
      expect(column.counts.reduce((sum, count) => sum + count, 0)).toBe(rows - truth.missing)
    }
    // Few values, few names: the same to the last row.
    expect(profile.columns[1]).toEqual(exact.columns[1])
    expect(profile.columns[3]).toEqual(exact.columns[3])

    const city = profile.columns[4]!
    const cityTruth = exact.columns[4]!
    if (city.kind !== 'category' || cityTruth.kind !== 'category') throw new Error('categories')
    const before = new Map(cityTruth.categories.map((name, at) => [name, cityTruth.counts[at]!]))
    city.categories.slice(0, 100).forEach((name, at) => {
      expect(Math.abs(city.counts[at]! - before.get(name)!)).toBeLessThan(rows / 1000)
    })
    expect(Math.abs(city.distinct - cityTruth.distinct) / cityTruth.distinct).toBeLessThan(0.05)

    const spend = profile.columns[0]!
    if (spend.kind === 'category') throw new Error('numbers')
    const values = (table.columns[0] as { values: Float64Array }).values.filter((value) => value === value).sort()
    let below = 0
    spend.edges.forEach((edge, bin) => {
      below += spend.counts[bin]!
      const rank = values.findIndex((value) => value > edge)
      expect(Math.abs(below - (rank < 0 ? values.length : rank)) / values.length).toBeLessThan(2 * kllRankError(1000))
    })
  })
})
