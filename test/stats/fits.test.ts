import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { createKll } from '../../src/stats/kll.ts'
import { changePoint } from '../../src/stats/change-point.ts'
import { separate } from '../../src/stats/domain-classifier.ts'
import { fitIsotonic, interpolate } from '../../src/stats/isotonic.ts'
import { fitLogistic } from '../../src/stats/logistic.ts'
import { principalComponents, symmetricEigen } from '../../src/stats/pca.ts'
import { fitPlatt } from '../../src/stats/platt.ts'
import { logERandomised, type Randomised } from '../../src/stats/randomization.ts'
import { normalCdf } from '../../src/stats/special.ts'
import { fitStumps, type Stump, sumStumps } from '../../src/stats/stumps.ts'

/** Numbers in [0, 1) that Python makes in the same way: x ← (1103515245·x + 12345) mod 2³¹. */
function take(seed: number, n: number): number[] {
  let x = seed
  return Array.from({ length: n }, () => {
    x = Number((1103515245n * BigInt(x) + 12345n) % 2147483648n)
    return x / 2147483648
  })
}
const logit = (p: number): number => Math.log(p / (1 - p))
const expit = (z: number): number => 1 / (1 + Math.exp(-z))

describe('Platt’s calibration', () => {
  // scipy 1.17.1: optimize.minimize of Σ logaddexp(0, z) − t·z, BFGS and then Nelder–Mead.
  const many = take(1, 200)
  const drawn = take(2, 200)
  const scores = [0.1, 0.2, 0.3, 0.7, 0.8, 0.9]
  test.each<[string, readonly number[], readonly number[], number, number]>([
    [
      'rows that overlap',
      many,
      many.map((s, i) => Number((drawn[i] as number) < s ** 2 * 0.8 + 0.1)),
      0.689736,
      -0.616338,
    ],
    ['rows that do not', scores, [0, 0, 0, 1, 1, 1], 0.8608632, 0],
    ['positive rows only', scores, [1, 1, 1, 1, 1, 1], 0, Math.log(7)],
    ['scores at the edges', [0, 0.5, 1, 1, 0.25], [0, 1, 1, 1, 0], 0.0929484, 0.1420651],
    ['scores that say the opposite', scores, [1, 1, 1, 0, 0, 0], 0, 0],
  ])('agrees with scipy on %s', (_what, s, y, slope, intercept) => {
    const { x, y: found } = fitPlatt(s, y)
    expect(x).toHaveLength(65)
    expect([x[0], x[32], x[64]].map((at) => logit(at as number).toFixed(9))).toEqual([
      '-8.000000000',
      '0.000000000',
      '8.000000000',
    ])
    x.forEach((at, i) => expect(found[i]).toBeCloseTo(expit(slope * logit(at) + intercept), 5))
  })
})

describe('isotonic regression', () => {
  // scikit-learn 1.9: IsotonicRegression().fit(x, y).X_thresholds_, .y_thresholds_
  test('agrees with scikit-learn, ties and all', () => {
    const x = [3, 1, 2, 2, 5, 4, 4, 6, 1, 7]
    const y = [0.2, 0.1, 0.9, 0.3, 0.4, 0.8, 0.6, 0.5, 0, 0.9]
    const knots = fitIsotonic(x, y)
    expect(knots.x).toEqual([1, 2, 3, 4, 6, 7])
    const expected = [0.05, 0.4666666666666666, 0.4666666666666666, 0.575, 0.575, 0.9]
    expected.forEach((value, i) => expect(knots.y[i]).toBeCloseTo(value, 12))
  })

  test('of nothing, of one point and of a falling line', () => {
    expect(fitIsotonic([], [])).toEqual({ x: [], y: [] })
    expect(fitIsotonic([2], [5])).toEqual({ x: [2], y: [5] })
    expect(fitIsotonic([1, 2, 3], [3, 2, 1])).toEqual({ x: [1, 3], y: [2, 2] })
    expect(fitIsotonic([1, 2], [1, 1])).toEqual({ x: [1, 2], y: [1, 1] })
  })

  test.each([
    [-1, 0.2],
    [0, 0.2],
    [0.5, 0.25],
    [1, 0.3],
    [2, 0.5],
    [3, 0.7],
    [4, 0.7],
    [9, 0.7],
  ])('is interpolated between its knots and constant beyond them: at %d', (at, value) => {
    expect(interpolate({ x: [0, 1, 3, 4], y: [0.2, 0.3, 0.7, 0.7] }, at)).toBeCloseTo(value, 12)
  })

  test('of no knots is no number, and of one is that one', () => {
    expect(interpolate({ x: [], y: [] }, 1)).toBeNaN()
    expect([0, 1, 2].map((at) => interpolate({ x: [1], y: [0.4] }, at))).toEqual([0.4, 0.4, 0.4])
    // The largest knot is not divided by the distance to one that is not there; nor are knots of one place.
    expect(interpolate({ x: [1, 1], y: [0.1, 0.9] }, 1)).toBe(0.1)
  })
})

describe('ridge logistic regression', () => {
  const columns = [take(3, 60).map((u) => 2 * u - 1), take(4, 60).map((u) => 2 * u - 1)]
  const [rare, sixth, drawn] = [take(5, 60), take(6, 60), take(7, 60)]
  columns.push(rare.map((u, i) => (u < 0.3 ? 0 : 2 * (sixth[i] as number) - 1)))
  const [first, second] = columns as [number[], number[], number[]]
  const x = Float64Array.from({ length: 180 }, (_, i) => (columns[i % 3] as number[])[Math.floor(i / 3)] as number)
  const labels = drawn.map((u, i) => Number(u < expit(1.5 * (first[i] as number) - (second[i] as number) + 0.3)))
  // numpy 2.4: Newton's method to the end, and np.linalg.solve(AᵀA/4 + ridge, Aᵀ(y − ½)) for the first step.
  test.each([
    ['to the end', 2000, [1.1000701352526763, -0.05812887851869336, 0.15267083390493766], 0.2138162388809061, 9],
    ['after one step', 1, [1.0399372584945659, -0.05580469261266517, 0.13776773081770033], 0.19592213154839863, 12],
  ] as const)('%s agrees with numpy', (_when, steps, weights, intercept, digits) => {
    const found = fitLogistic(x, 3, labels, 0.7, steps)
    weights.forEach((weight, i) => expect(found.weights[i]).toBeCloseTo(weight, digits))
    expect(found.weights).toHaveLength(3)
    expect(found.intercept).toBeCloseTo(intercept, digits)
  })

  test('takes twelve steps where nobody says how many', () => {
    expect(fitLogistic(x, 3, labels, 0.7)).toEqual(fitLogistic(x, 3, labels, 0.7, 12))
    expect(fitLogistic(x, 3, labels, 0.7)).not.toEqual(fitLogistic(x, 3, labels, 0.7, 11))
  })
})

describe('principal components', () => {
  const columns = [take(8, 40), take(9, 40).map((u) => 3 * u), Array<number>(40).fill(0), take(10, 40)]
  ;(columns[3] as number[]).forEach(
    (u, i) => ((columns[3] as number[])[i] = u + ((columns[0] as number[])[i] as number)),
  )
  const means = columns.map((column) => column.reduce((sum, u) => sum + u, 0) / 40)
  const values = Float64Array.from(
    { length: 160 },
    (_, i) => ((columns[i % 4] as number[])[i >> 2] as number) - (means[i % 4] as number),
  )
  // numpy 2.4: np.linalg.eigh(M.T @ M), each vector with its largest entry positive.
  const eigenvalues = [25.996030014755245, 7.637442015318317, 1.1471275918304402, 0]
  const vectors = [
    [0.0008627102970526983, 0.9999534129134617, 0, -0.009613934348806419],
    [0.5345772552478744, 0.007663762117463002, 0, 0.8450848625563329],
    [0.8451191714205709, -0.005868454049128724, 0, -0.5345457392445299],
  ]
  const total = eigenvalues.reduce((sum, value) => sum + value, 0)
  const share = (n: number): number => eigenvalues.slice(0, n).reduce((sum, value) => sum + value, 0) / total

  test.each([
    [share(1) - 1e-6, 4, 1],
    [share(1) + 1e-6, 4, 2],
    [share(2) - 1e-6, 4, 2],
    [share(2) + 1e-6, 4, 3],
    [1, 2, 2],
    [0.5, 0, 0],
    [0, 4, 0],
  ])('that explain %d, at most %d, are %d', (wanted, limit, kept) => {
    const found = principalComponents(values, 4, { share: wanted, limit })
    expect(found).toHaveLength(kept)
    found.forEach((vector, i) =>
      vector.forEach((entry, j) => expect(entry).toBeCloseTo((vectors[i] as number[])[j] as number, 9)),
    )
  })

  test('of no columns and of no rows are none', () => {
    expect(principalComponents(new Float64Array(), 0, { share: 1, limit: 3 })).toEqual([])
    expect(principalComponents(new Float64Array(), 2, { share: 1, limit: 3 })).toEqual([])
  })

  test('a matrix is not changed, and a diagonal one is its own answer, descending', () => {
    const matrix = Float64Array.of(1, 0, 0, 0, 3, 0, 0, 0, -2)
    const before = matrix.slice()
    expect(symmetricEigen(matrix, 3)).toEqual({
      values: Float64Array.of(3, 1, -2),
      vectors: [Float64Array.of(0, 1, 0), Float64Array.of(1, 0, 0), Float64Array.of(0, 0, 1)],
    })
    expect(matrix).toEqual(before)
    expect(Array.from(symmetricEigen(Float64Array.of(1, -2, -2, 1), 2).values)).toEqual([
      expect.closeTo(3, 12),
      expect.closeTo(-1, 12),
    ])
  })
})

describe('boosted steps', () => {
  /** As the docstring says, slowly: for every feature and border the squares that the two means leave. */
  function slowly(
    rows: readonly (readonly number[])[],
    targets: readonly number[],
    rounds: number,
    rate: number,
    leaf: number,
  ) {
    const n = rows.length
    const base = targets.reduce((sum, target) => sum + target, 0) / n
    const model = targets.map(() => base)
    const stumps: Stump[] = []
    const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value, 0) / of.length
    const left = (of: readonly number[]): number => of.reduce((sum, value) => sum + (value - mean(of)) ** 2, 0)
    for (let round = 0; round < rounds; round++) {
      const residual = targets.map((target, i) => target - (model[i] as number))
      let best: { rest: number; stump: Stump } | undefined
      for (let feature = 0; feature < (rows[0] as readonly number[]).length; feature++) {
        const column = rows.map((row) => row[feature] as number)
        const sorted = column.toSorted((a, b) => a - b)
        const borders = new Set(Array.from({ length: 31 }, (_, i) => sorted[Math.floor(((i + 1) * n) / 32)] as number))
        for (const border of [...borders].filter((at) => at < (sorted.at(-1) as number))) {
          const [low, high] = [true, false].map((below) =>
            residual.filter((_, i) => (column[i] as number) <= border === below),
          )
          if (!low || !high || low.length < leaf || high.length < leaf) continue
          const rest = left(low) + left(high)
          if (best === undefined || rest < best.rest - 1e-9)
            best = { rest, stump: [feature, border, rate * mean(low), rate * mean(high)] }
        }
      }
      const whole = residual.reduce((sum, value) => sum + value ** 2, 0)
      if (best === undefined || !(best.rest < whole - 1e-9)) break
      const [feature, border, low, high] = best.stump
      rows.forEach((row, i) => (model[i] = (model[i] as number) + ((row[feature] as number) <= border ? low : high)))
      stumps.push(best.stump)
    }
    return { base, stumps }
  }
  const [a, b, noise] = [take(11, 150), take(12, 150).map((u) => Math.floor(6 * u)), take(13, 150)]
  const rows = a.map((u, i) => [u, b[i] as number])
  const targets = rows.map(
    ([u, step], i) => 3 * (u as number) ** 2 + ((step as number) > 3 ? 1 : 0) + 0.2 * (noise[i] as number),
  )
  const matrix = Float64Array.from(rows.flat())

  test.each([
    { rounds: 1, rate: 1, leaf: 1 },
    { rounds: 12, rate: 0.1, leaf: 20 },
    { rounds: 12, rate: 0.3, leaf: 60 },
    { rounds: 5, rate: 0.3, leaf: 76 },
  ])('are those that a slow search finds: %j', ({ rounds, rate, leaf }) => {
    const { base, stumps } = fitStumps(matrix, 2, Float64Array.from(targets), { rounds, rate, leaf })
    const expected = slowly(rows, targets, rounds, rate, leaf)
    expect(base).toBeCloseTo(expected.base, 12)
    expect(stumps.map(([feature, threshold]) => [feature, threshold])).toEqual(
      expected.stumps.map(([feature, threshold]) => [feature, threshold]),
    )
    stumps.forEach(([, , low, high], i) => {
      expect(low).toBeCloseTo((expected.stumps[i] as Stump)[2], 10)
      expect(high).toBeCloseTo((expected.stumps[i] as Stump)[3], 10)
    })
    expect(stumps.length).toBe(leaf === 76 ? 0 : rounds)
  })

  test('are 120 by a tenth, with a fiftieth of the rows and no fewer than 20 on a side, where nobody says otherwise', () => {
    const given = fitStumps(matrix, 2, Float64Array.from(targets), { rounds: 120, rate: 0.1, leaf: 20 })
    expect(fitStumps(matrix, 2, Float64Array.from(targets))).toEqual(given)
    const few = Float64Array.from({ length: 1050 }, (_, i) => Number(i >= 500) + Number(i >= 1030))
    const bent = few.map((value) => (value === 2 ? 5 : 0))
    const borders = (leaf?: number): readonly number[] =>
      fitStumps(few, 1, bent, { rounds: 1, leaf }).stumps.map(([, threshold]) => threshold)
    expect([borders(), borders(21), borders(20)]).toEqual([[0], [0], [1]])
  })

  test('a model is summed at its row, the threshold itself to the left', () => {
    const model = {
      base: 1,
      stumps: [
        [1, 0.5, 10, 20],
        [0, 2, 100, 200],
      ] as const,
    }
    expect([0, 2, 4].map((at) => sumStumps(model, [2, 0.5, 3, 0.6, 2, 0.6], at))).toEqual([111, 221, 121])
  })

  test('a constant has none', () => {
    expect(fitStumps(matrix, 2, new Float64Array(150).fill(4))).toEqual({
      base: expect.closeTo(4, 12) as number,
      stumps: [],
    })
    expect(fitStumps(new Float64Array(300), 2, Float64Array.from(targets)).stumps).toEqual([])
  })
})

describe('two samples told apart', () => {
  const sample = (seed: number, rows: number, d: number, shift = 0): Float64Array =>
    Float64Array.from(take(seed, rows * d), (u, i) => (2 * u - 1) * 1.7 + (i % d === 0 ? shift : 0))
  const Z = 1.959963984540054

  test('ten rows of either are needed', () => {
    const apart = (n: number, m: number) => separate(sample(1, n, 2), sample(2, m, 2), 2, createRandom(1))
    expect([apart(9, 10), apart(10, 9)]).toEqual([null, null])
    expect(apart(10, 10)).not.toBeNull()
    expect(separate(new Float64Array(), new Float64Array(), 0, createRandom(1))).toBeNull()
  })

  test.each([0, 0.5, 3])('interval and p-value are of one error, and the parts are a share: shift %d', (shift) => {
    const found = separate(sample(3, 200, 3), sample(4, 150, 3, shift), 3, createRandom(1))
    if (found === null) throw new Error('nothing found')
    const error = (found.auc - found.low) / Z
    if (found.high < 1) expect(found.high).toBeCloseTo(found.auc + Z * error, 12)
    expect(found.pValue).toBeCloseTo(normalCdf(-(found.auc - 0.5) / error), 12)
    expect(found.columns.reduce((sum, { part }) => sum + part, 0)).toBeCloseTo(1, 12)
    expect(found.columns.map(({ part }) => part)).toEqual(
      found.columns.map(({ part }) => part).toSorted((a, b) => b - a),
    )
    if (shift > 0) expect(found.columns[0]?.column).toBe(0)
  })

  test('a wild row decides nothing', () => {
    const [first, second] = [sample(5, 200, 2), sample(6, 200, 2)]
    const wild = second.slice()
    wild[0] = 1e9
    const [with_, without] = [wild, second].map((rows) => separate(first, rows, 2, createRandom(1))?.auc ?? Number.NaN)
    expect(Math.abs((with_ as number) - (without as number))).toBeLessThan(0.05)
  })
})

describe('what a random assignment proves', () => {
  /** The mean of E over every assignment, each as probable as it is; those without an arm have no E. */
  function expected(values: readonly number[], share: number, margin: number, level: number): number {
    let mean = 0
    for (let assignment = 1; assignment + 1 < 2 ** values.length; assignment++) {
      const inside = (k: number): boolean => ((assignment >> k) & 1) === 1
      const treated = values.filter((_, k) => inside(k)).map((value) => value + margin)
      const others = values.filter((_, k) => !inside(k))
      const probability = share ** treated.length * (1 - share) ** others.length
      mean += probability * Math.exp(logERandomised({ kind: 'split', treated, others, share }, margin, level))
    }
    return mean
  }
  const values = [0, 0, 0.1, 1, 0.4, 0, 1, 0.3, 0.9, 0.2, 0.7, 1]
  test.each([
    [0.5, 0, 3],
    [0.6, 0, 4],
  ])('is 1 on average where nothing is different: share %d, margin %d, level %d', (share, margin, level) => {
    const mean = expected(values, share, margin, level)
    expect(mean).toBeLessThanOrEqual(1)
    expect(mean).toBeGreaterThan(0.999)
  })
  test.each([
    [0.05, 0, 5],
    [0.9, 0, 1],
    [0.5, 0.2, 3],
    [0.05, 0.1, 5],
    [0.5, 5, 3],
  ])('is at most 1 where the difference is the margin: share %d, margin %d, level %d', (share, margin, level) => {
    expect(expected(values, share, margin, level)).toBeLessThanOrEqual(1 + 1e-9)
  })

  test('of pairs is 1 on average over all ways in which each may be turned round', () => {
    const [first, second] = [
      [0, 0.2, 1, 0.5, 0.3],
      [1, 0.1, 0.4, 0.5, 0],
    ]
    const mean = (margin: number): number => {
      let sum = 0
      for (let turn = 0; turn < 32; turn++) {
        const turned = (k: number): boolean => ((turn >> k) & 1) === 1
        // Turned round about the margin: the difference is as far above it as it was below.
        const treated = first.map((value, k) => (turned(k) ? (second[k] as number) + 2 * margin : value))
        const others = second.map((value, k) => (turned(k) ? (first[k] as number) : value))
        sum += Math.exp(logERandomised({ kind: 'paired', treated, others }, margin, 3)) / 32
      }
      return sum
    }
    expect(mean(0)).toBeCloseTo(1, 9)
    expect(mean(0.1)).toBeLessThanOrEqual(1 + 1e-9)
  })

  /** λS − K(λ) at the λ where λK′(λ) − K(λ) is the level, by bisection. */
  function best(scores: readonly number[], treated: number, share: number, level: number): number {
    const at = (bet: number): readonly [number, number] => {
      let [value, slope] = [0, 0]
      for (const score of scores) {
        const grown = share * Math.exp(bet * score)
        value += Math.log(1 - share + grown)
        slope += (score * grown) / (1 - share + grown)
      }
      return [value, slope]
    }
    let [low, high] = [0, 100]
    for (let i = 0; i < 200; i++) {
      const middle = (low + high) / 2
      const [value, slope] = at(middle)
      if (middle * slope - value > level) high = middle
      else low = middle
    }
    return low * scores.slice(0, treated).reduce((sum, score) => sum + score, 0) - at(low)[0]
  }
  const bad = [...take(15, 40).map((u) => 0.3 + 0.7 * u), ...take(16, 60)]
  const centred = (margin: number): number[] => {
    const moved = bad.map((value, k) => (k < 40 ? value - margin : value))
    const mean = moved.reduce((sum, value) => sum + value, 0) / moved.length
    return moved.map((value) => value - mean)
  }
  const split: Randomised = { kind: 'split', treated: bad.slice(0, 40), others: bad.slice(40), share: 0.4 }
  test('bets what proves the most at the level', () => {
    expect(logERandomised(split, 0, 4)).toBeCloseTo(best(centred(0), 40, 0.4, 4), 3)
    // Of the two hypotheses of a margin the one that is harder to refute counts.
    const both = [0, 0.05].map((margin) => best(centred(margin), 40, 0.4, 4))
    expect(logERandomised(split, 0.05, 4)).toBeCloseTo(Math.min(...both), 3)
    const [treated, others] = [bad.slice(0, 40), bad.slice(40, 80)]
    const pairs = treated.map((value, k) => 2 * (value - (others[k] as number)))
    expect(logERandomised({ kind: 'paired', treated, others }, 0, 4)).toBeCloseTo(best(pairs, 40, 0.5, 4), 3)
    const apart = treated.map((value, k) => 2 * (value - 0.1 - (others[k] as number)))
    const two = [best(pairs, 40, 0.5, 4), best(apart, 40, 0.5, 4)]
    expect(logERandomised({ kind: 'paired', treated, others }, 0.1, 4)).toBeCloseTo(Math.min(...two), 3)
  })

  test('says nothing of an empty arm, of equal values and of an assignment that was certain', () => {
    const logE = (treated: number[], others: number[], share = 0.5): number =>
      logERandomised({ kind: 'split', treated, others, share }, 0, 3)
    expect([
      logE([], [1, 2]),
      logE([1, 2], []),
      logE([1, 1], [1, 1]),
      logE([1, 2], [3], 0),
      logE([1, 2], [3], 1),
    ]).toEqual([0, 0, 0, 0, 0])
  })
})

describe('a change of the mean', () => {
  const zigzag = (n: number, level: number): number[] => Array.from({ length: n }, (_, i) => level + (i % 2))
  test('is where the values change, with both means', () => {
    expect(changePoint([...zigzag(30, 0), ...zigzag(30, 3)])).toEqual({ at: 30, before: 0.5, after: 3.5 })
    expect(changePoint([...zigzag(30, 3), ...zigzag(10, 0)])).toEqual({ at: 30, before: 3.5, after: 0.5 })
  })
  test('is not told of fewer than 20 values, nor of a constant', () => {
    expect(changePoint([...zigzag(9, 0), ...zigzag(10, 9)])).toBeUndefined()
    expect(changePoint([...zigzag(10, 0), ...zigzag(10, 9)])).toEqual({ at: 10, before: 0.5, after: 9.5 })
    expect(changePoint(Array<number>(40).fill(2))).toBeUndefined()
  })
  test('needs more than a Brownian bridge reaches: at 1.358·σ·√n', () => {
    // Neighbours differ by 1, so that σ̂² is half of 39 + (1 − step)² over 39; the largest sum is 20 times half of the step.
    const at = (step: number) => changePoint([...zigzag(20, 0), ...zigzag(20, step)])
    const limit = (step: number): number => {
      const sd = Math.sqrt((38 + (step - 1) ** 2) / 78)
      return 10 * step + 0 - 1.358 * sd * Math.sqrt(40)
    }
    let [low, high] = [0.1, 2]
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2
      if (limit(middle) > 0) high = middle
      else low = middle
    }
    expect(at(low - 0.08)).toBeUndefined()
    expect([20, 21]).toContain(at(high + 0.001)?.at)
  })
})

test('a sketch of quantiles says whether it has kept every value', () => {
  const sketch = createKll(10)
  for (let i = 0; i < 9; i++) sketch.add(i)
  expect([sketch.exact, sketch.items().length]).toEqual([true, 9])
  sketch.add(9)
  expect([sketch.exact, sketch.items().reduce((sum, [, weight]) => sum + weight, 0)]).toEqual([false, 10])
})
