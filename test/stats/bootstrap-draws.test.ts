import { describe, expect, test } from 'vitest'
import { createRandom, permutation } from '../../src/core/random.ts'
import { bootstrap, drawUnits, type Replicates, type Statistic } from '../../src/stats/bootstrap.ts'
import { climb, drawSteps } from '../../src/stats/draw-steps.ts'
import type { Drawn } from '../../src/stats/drawn.ts'
import { drawMultinomial } from '../../src/stats/multinomial.ts'
import { blockWidening, compact, createUnits, MOST_UNITS, timeOrder, type Units } from '../../src/stats/units.ts'

const plain = (count: number, rest: Partial<Units> = {}): Units => ({
  rows: count,
  count,
  of: undefined,
  strata: [count],
  block: 1,
  kind: 'rows',
  ...rest,
})

/** Unit by unit: each draw adds 1 to the unit, or to the block of neighbours from it on, around the end. */
function drawnOneByOne({ count, strata, block }: Units, seed: number): number[] {
  const random = createRandom(seed)
  const counts = Array.from({ length: count }, () => 0)
  const add = (unit: number): void => {
    counts[unit] = (counts[unit] as number) + 1
  }
  if (block > 1) {
    for (let left = count; left > 0; left -= block) {
      const from = random.below(count)
      for (let i = 0; i < Math.min(block, left); i++) add((from + i) % count)
    }
    return counts
  }
  strata.forEach((end, s) => {
    const from = strata[s - 1] ?? 0
    for (let i = from; i < end; i++) add(from + random.below(end - from))
  })
  return counts
}

const KINDS: readonly Units[] = [
  plain(1),
  plain(2),
  plain(30),
  plain(500),
  plain(9, { strata: [4, 5, 9] }),
  plain(9, { strata: [0, 9] }),
  ...[2, 3, 5, 7, 14, 15].map((block) => plain(15, { block })),
  plain(400, { block: 20 }),
]

describe('a resample', () => {
  test.each(KINDS)('counts each unit as often as it is drawn ($count units, strata $strata, block $block)', (units) => {
    for (let seed = 0; seed < 40; seed++) {
      const counts = new Float64Array(units.count)
      drawUnits(units, createRandom(seed), counts)
      expect([...counts]).toEqual(drawnOneByOne(units, seed))
    }
  })

  test('is written in steps beside others', () => {
    for (const units of KINDS) {
      const steps = new Int8Array(3 * units.count)
      const counts = new Float64Array(units.count)
      for (const [place, seed] of [
        [1, 7],
        [0, 8],
        [2, 9],
      ] as const) {
        drawSteps(units, createRandom(seed), steps, place * units.count)
      }
      for (const [place, seed] of [
        [0, 8],
        [1, 7],
        [2, 9],
      ] as const) {
        climb(steps, place * units.count, counts)
        expect([...counts]).toEqual(drawnOneByOne(units, seed))
      }
    }
  })

  test('gives strata of a size that is chance as many rows as a draw of all rows would, at least one', () => {
    // Two units of 5 rows each stand for ten; the rare stratum is of single rows.
    const units = plain(5, { rows: 12, strata: [2, 5], sizes: [10, 2] })
    for (let seed = 0; seed < 60; seed++) {
      const counts = new Float64Array(5)
      drawUnits(units, createRandom(seed), counts)
      const random = createRandom(seed)
      const steps = new Int8Array(5)
      drawSteps(units, random, steps, 0)
      const own = new Float64Array(5)
      climb(steps, 0, own)
      const sizes = new Float64Array(2)
      drawMultinomial([10, 2], random, sizes)
      const factors = [(sizes[0] as number) / 10, Math.max(1, sizes[1] as number) / 2]
      expect([...counts]).toEqual([...own].map((one, unit) => one * (factors[unit < 2 ? 0 : 1] as number)))
    }
  })
})

interface Asked {
  readonly counts: readonly number[]
  readonly drawn: Drawn | undefined
}

/** What statistics are asked for, and what becomes of their answers. */
function watched(units: Units, resamples: number, options: { seed?: number; jackknife?: boolean } = {}) {
  const asked: Asked[] = []
  const spy: Statistic = {
    size: 2,
    score(counts, out, drawn) {
      out[0] = asked.push({ counts: [...counts], drawn })
      out[1] = -(out[0] as number)
    },
  }
  const told: (readonly [number, number])[] = []
  const [replicates] = bootstrap([spy], {
    units,
    resamples,
    seed: 3,
    progress: (done, total) => told.push([done, total]),
    ...options,
  })
  return {
    resampled: asked.slice(0, resamples),
    leftOut: asked.slice(resamples),
    told,
    replicates: replicates as readonly Replicates[],
  }
}

describe('a bootstrap', () => {
  test.each(KINDS)('draws resample after resample from its seed ($count units, block $block)', (units) => {
    for (const seed of [3, 3, 4]) {
      const random = createRandom(seed)
      const expected = Array.from({ length: 6 }, () => {
        const counts = new Float64Array(units.count)
        drawUnits(units, random, counts)
        return [...counts]
      })
      const { resampled } = watched(units, 6, { seed, jackknife: false })
      expect(resampled.map(({ counts }) => counts)).toEqual(expected)
      expect(resampled.every(({ drawn }) => drawn !== undefined && 'whole' in drawn && drawn.whole)).toBe(true)
      // One object for each resample, which says that the counts are the same.
      expect(new Set(resampled.map(({ drawn }) => drawn)).size).toBe(6)
    }
  })

  test('draws otherwise where only the strata, the blocks or the number of units differ', () => {
    const first = (units: Units): string =>
      watched(units, 2)
        .resampled.map(({ counts }) => counts.join(' '))
        .join('|')
    const found = [
      plain(24),
      plain(24, { strata: [6, 24] }),
      plain(24, { strata: [7, 24] }),
      plain(24, { block: 2 }),
      plain(24, { block: 3 }),
      plain(23),
    ].map(first)
    expect(new Set(found).size).toBe(6)
  })

  test('draws strata of a size that is chance as single resamples are drawn', () => {
    const units = plain(5, { rows: 12, strata: [2, 5], sizes: [10, 2] })
    const random = createRandom(3)
    for (const { counts } of watched(units, 5).resampled) {
      const expected = new Float64Array(5)
      drawUnits(units, random, expected)
      expect(counts).toEqual([...expected])
    }
  })

  test('says nothing of counts that are fractions', () => {
    const { resampled } = watched(plain(5, { rows: 12, strata: [2, 5], sizes: [10, 2] }), 5)
    expect(resampled.map(({ drawn }) => drawn)).toEqual([undefined, undefined, undefined, undefined, undefined])
  })

  test('tells of every tenth resample, and keeps what the statistic said', () => {
    const { told, replicates } = watched(plain(4, { widening: 1.25 }), 21)
    expect(told).toEqual([
      [0, 21],
      [10, 21],
      [20, 21],
    ])
    const numbers = Float64Array.from({ length: 21 }, (_, i) => i + 1)
    const left = Float64Array.of(22, 23, 24, 25)
    const minus = (values: Float64Array): Float64Array => values.map((value) => -value)
    expect(replicates).toEqual([
      { resampled: numbers, jackknife: [left], perBlock: 1, widening: 1.25 },
      { resampled: minus(numbers), jackknife: [minus(left)], perBlock: 1, widening: 1.25 },
    ])
  })

  test('leaves nothing out where it is not asked to', () => {
    const { leftOut, replicates } = watched(plain(4), 3, { jackknife: false })
    expect(leftOut).toEqual([])
    expect(replicates[0]).toMatchObject({ jackknife: [], perBlock: 1 })
  })
})

describe('the jackknife', () => {
  test.each([
    // Units, and for each stratum how many blocks of which sizes.
    [plain(1), 1, [[]]],
    [plain(2), 1, [[1, 1]]],
    [plain(250), 1, [Array.from({ length: 250 }, () => 1)]],
    [plain(251), 1.004, [[2, ...Array.from({ length: 249 }, () => 1)]]],
    [plain(600), 2.4, [[...Array.from({ length: 100 }, () => 3), ...Array.from({ length: 150 }, () => 2)]]],
    // Strata have blocks by their size, two at least; one of a single unit has nothing to leave out.
    [plain(10, { strata: [6, 7, 10] }), 1, [[1, 1, 1, 1, 1, 1], [], [1, 1, 1]]],
    [
      plain(1000, { strata: [990, 993, 1000] }),
      4,
      [Array.from({ length: 248 }, (_, i) => (i < 246 ? 4 : 3)), [2, 1], [4, 3]],
    ],
    // In time: neighbours, as long as a block is or longer, the whole around.
    [plain(21, { block: 5 }), 1, [[5, 5, 5, 6]]],
    [plain(20, { block: 5 }), 1, [[5, 5, 5, 5]]],
    [plain(1000, { block: 2 }), 1, [Array.from({ length: 250 }, () => 4)]],
  ] as const)('leaves out each unit once: %o', (units, perBlock, sizes) => {
    const { leftOut, replicates } = watched(units, 1)
    expect(replicates[0]?.perBlock).toBe(perBlock)
    expect(replicates[0]?.jackknife.map((values) => values.length)).toEqual(sizes.map((one) => one.length))
    let at = 0
    sizes.forEach((blocks, s) => {
      const [from, to] = units.block > 1 ? [0, units.count] : [units.strata[s - 1] ?? 0, units.strata[s] as number]
      const seen = new Set<number>()
      const all = blocks.reduce((sum: number, one: number) => sum + one, 0) === units.count
      blocks.forEach((size, block) => {
        const { counts, drawn } = leftOut[at++] as Asked
        const times = (to - from) / (to - from - size)
        const out = [...counts.keys()].filter((unit) => counts[unit] === 0)
        expect(out).toHaveLength(size)
        out.forEach((unit) => seen.add(unit))
        if (units.block > 1) expect(out.at(-1)).toBe((out[0] as number) + size - 1)
        expect(counts).toEqual(
          counts.map((_, unit) => (out.includes(unit) ? 0 : unit >= from && unit < to ? times : 1)),
        )
        // Where every unit is left out once, sums are found from what is before and behind.
        if (all) {
          expect(drawn).toMatchObject({ block, times })
          expect(
            [...((drawn as { blocks: readonly Uint32Array[] }).blocks[block] as Uint32Array)].sort((a, b) => a - b),
          ).toEqual(out)
        } else expect(drawn).toBeUndefined()
      })
      if (blocks.length > 0)
        expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: to - from }, (_, i) => from + i))
    })
    expect(at).toBe(leftOut.length)
  })

  test('of strata whose size is chance leaves units out of the whole', () => {
    const { leftOut, replicates } = watched(plain(7, { strata: [4, 7], sizes: [4, 3] }), 1)
    expect(replicates[0]?.jackknife.map((values) => values.length)).toEqual([7])
    const out = leftOut.map(({ counts }) => counts.indexOf(0))
    expect([...out].sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
    for (const [i, { counts, drawn }] of leftOut.entries()) {
      expect(counts).toEqual(counts.map((_, unit) => (unit === out[i] ? 0 : 7 / 6)))
      expect(drawn).toMatchObject({ block: i, times: 7 / 6 })
    }
  })

  test('leaves out random units together, not neighbours', () => {
    const { leftOut } = watched(plain(500), 1)
    const gaps = leftOut.map(({ counts }) => counts.lastIndexOf(0) - counts.indexOf(0))
    expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeGreaterThan(120)
    expect(new Set(gaps).size).toBeGreaterThan(50)
  })
})

describe('units', () => {
  const sizesOf = (of: Uint32Array, count: number): number[] => {
    const sizes = Array.from({ length: count }, () => 0)
    for (const unit of of) sizes[unit] = (sizes[unit] as number) + 1
    return sizes
  }
  const extremes = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)]

  test('are rows up to 4,096, and as many random groups of rows beyond', () => {
    const random = createRandom(1)
    expect(createUnits({ rows: 0, random })).toEqual({ ...plain(0) })
    expect(createUnits({ rows: 4096, random })).toEqual(plain(4096))
    const { of, ...rest } = createUnits({ rows: 4097, random: createRandom(2) })
    expect(rest).toEqual({ rows: 4097, count: 4096, strata: [4096], block: 1, kind: 'groups' })
    const order = permutation(4097, createRandom(2))
    order.forEach((row, i) => expect(of?.[row]).toBe(i % 4096))
  })

  test('are clusters, or as many random groups of them', () => {
    const clusters = Uint32Array.of(9, 4, 9, 4, 7)
    const { of, ...rest } = createUnits({ rows: 5, random: createRandom(1), clusters })
    expect(rest).toEqual({ rows: 5, count: 3, strata: [3], block: 1, kind: 'clusters' })
    expect(new Set(of)).toEqual(new Set([0, 1, 2]))
    expect([of?.[0], of?.[1]]).toEqual([of?.[2], of?.[3]])
    const many = Uint32Array.from({ length: 9000 }, (_, row) => row >> 1)
    const groups = createUnits({ rows: 9000, random: createRandom(1), clusters: many })
    expect(groups.count).toBe(MOST_UNITS)
    expect(extremes(sizesOf(groups.of as Uint32Array, MOST_UNITS))).toEqual([2, 4])
  })

  test.each([
    // Rows of each class, units of each.
    [
      [3, 5],
      [3, 5],
    ],
    [
      [4000, 96],
      [4000, 96],
    ],
    // 4096/8192: a half, but 200 where there are so many.
    [
      [7892, 300],
      [3946, 200],
    ],
    [
      [7992, 200],
      [3996, 200],
    ],
    [
      [7993, 199],
      [3997, 199],
    ],
    [
      [7692, 500],
      [3846, 250],
    ],
  ])('of classes of %j rows are %j', (rows, units) => {
    const strata = Uint32Array.from(rows.flatMap((size, code) => Array.from({ length: size }, () => 5 + code)))
    const total = strata.length
    const { of, ...rest } = createUnits({ rows: total, random: createRandom(3), strata })
    const ends = units.reduce<number[]>((all, one) => [...all, (all.at(-1) ?? 0) + one], [])
    expect(rest).toEqual({ rows: total, count: ends.at(-1), strata: ends, sizes: rows, block: 1, kind: 'strata' })
    const found = sizesOf(of as Uint32Array, rest.count)
    rows.forEach((size, s) => {
      const own = found.slice(ends[s - 1] ?? 0, ends[s])
      const share = size / (units[s] as number)
      expect(extremes(own)).toEqual([Math.floor(share), Math.ceil(share)])
      expect(own.reduce((sum, one) => sum + one, 0)).toBe(size)
    })
    // Which rows are together is chance.
    if (total > 8000) expect(new Set([...(of as Uint32Array)].slice(0, 100)).size).toBeGreaterThan(90)
  })

  test.each([
    // Rows, block, units, units of a block.
    [10, 2, 10, 2],
    [10, 5, 10, 5],
    [10, 9, 10, 5],
    [11, 9, 11, 5],
    [4096, 100, 4096, 100],
    // Two units of a block, 1,024 at least and 4,096 at most.
    [4097, 2, 4096, 2],
    [40_000, 100, 1024, 3],
    [100_000, 100, 2000, 2],
    [100_001, 99, 2020, 2],
    [300_000, 100, 4096, 1],
    [5000, 4999, 1024, 512],
  ])('of %d rows in time, in blocks of %d, are %d, %d of them at once', (rows, block, count, length) => {
    const order = Uint32Array.from({ length: rows }, (_, i) => rows - 1 - i)
    const { of, ...rest } = createUnits({ rows, random: createRandom(1), series: { order, block, lag: 1 } })
    expect(rest).toEqual({
      rows,
      count,
      strata: [count],
      block: length,
      kind: 'blocks',
      widening: 1 / Math.sqrt(1 - count / (length * rows)),
    })
    // Neighbours in time are neighbours among the units, all of them of one size, give or take a row.
    order.forEach((row, i) => {
      if (of?.[row] !== Math.floor((i * count) / rows)) throw new Error(`row ${row} is in another unit`)
    })
    expect(createUnits({ rows, random: createRandom(1), series: { order, block } }).widening).toBe(1)
  })

  test('are of time first, then of clusters, then of classes', () => {
    const random = createRandom(1)
    const rows = 6
    const series = { order: timeOrder(new Float64Array(rows)), block: 2 }
    const [clusters, strata] = [new Uint32Array(rows), new Uint32Array(rows)]
    expect(createUnits({ rows, random, series, clusters, strata }).kind).toBe('blocks')
    expect(createUnits({ rows, random, series: { ...series, block: 1 }, clusters, strata }).kind).toBe('clusters')
    expect(createUnits({ rows, random, strata }).kind).toBe('strata')
    expect(createUnits({ rows, random, series: { ...series, block: 1 } }).kind).toBe('rows')
  })

  test('of time are widened by the share that blocks miss, by at most a half of the variance', () => {
    expect(blockWidening(100, 19)).toBeCloseTo(1 / 0.9, 12)
    expect(blockWidening(100, 50)).toBeCloseTo(Math.SQRT2, 12)
    expect(blockWidening(100, 51)).toBeCloseTo(Math.SQRT2, 12)
    expect(blockWidening(100, -3)).toBe(1)
    expect(blockWidening(0.5, 0.36)).toBeCloseTo(1.25, 12)
  })

  test('numbers are made dense in order of their first appearance', () => {
    expect(compact(Uint32Array.of(7, 7, 2, 9, 2))).toEqual({ codes: Uint32Array.of(0, 0, 1, 2, 1), count: 3 })
    expect(compact(new Uint32Array(0))).toEqual({ codes: new Uint32Array(0), count: 0 })
    expect([...timeOrder(Float64Array.of(5, 3, 5, 1))]).toEqual([3, 1, 0, 2])
  })
})
