import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createAdwin } from '../../src/stats/adwin.ts'
import { createDdm } from '../../src/stats/ddm.ts'
import type { Detector } from '../../src/stats/detector.ts'
import { createPageHinkley } from '../../src/stats/page-hinkley.ts'

interface Case {
  readonly kind: 'errors' | 'levels'
  readonly seed: number
  readonly parts: readonly (readonly [number, number])[]
  readonly adwin: readonly number[]
  readonly adwinWidth: number
  readonly adwinTotal: number
  readonly adwinLoose: readonly number[]
  readonly pageHinkley: readonly number[]
  readonly pageHinkleyTight: readonly number[]
  readonly ddm?: readonly number[]
}
const golden = JSON.parse(readFileSync(new URL('../golden/detectors.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Case[]
}

/** The generator of `detectors.py`. */
function streamOf({ kind, seed, parts }: Case): number[] {
  let state = seed
  const next = (): number => {
    state = Number((1664525n * BigInt(state) + 1013904223n) % 4294967296n)
    return state / 4294967296
  }
  return parts.flatMap(([n, level]) =>
    Array.from({ length: n }, () => (kind === 'errors' ? Number(next() < level) : level + 0.2 * next())),
  )
}

function detections(detector: Detector, stream: readonly number[]): number[] {
  return stream.flatMap((value, i) => (detector.update(value) ? [i] : []))
}

describe.each(golden.cases)('on $kind of seed $seed', (one) => {
  const stream = streamOf(one)

  test('ADWIN notices where river does, and keeps the same window', () => {
    const adwin = createAdwin()
    expect(detections(adwin, stream)).toEqual(one.adwin)
    expect(adwin.width).toBe(one.adwinWidth)
    expect(adwin.total).toBeCloseTo(one.adwinTotal, 9)
    expect(detections(createAdwin({ delta: 0.1 }), stream)).toEqual(one.adwinLoose)
  })

  test('Page–Hinkley notices where river does', () => {
    expect(detections(createPageHinkley(), stream)).toEqual(one.pageHinkley)
    expect(detections(createPageHinkley({ threshold: 10, minValues: 50 }), stream)).toEqual(one.pageHinkleyTight)
  })
})

// DDM is for errors that are 0 or 1.
test.each(golden.cases.filter(({ kind }) => kind === 'errors'))('DDM notices where river does: seed $seed', (one) => {
  expect(detections(createDdm(), streamOf(one))).toEqual(one.ddm)
})

test('the golden streams are worth something: each detector notices a change in one of them, and each is quiet in one', () => {
  for (const key of ['adwin', 'pageHinkley', 'ddm'] as const) {
    const found = golden.cases.flatMap((one) => (one[key] === undefined ? [] : [one[key].length]))
    expect(Math.max(...found)).toBeGreaterThan(0)
    expect(Math.min(...found)).toBe(0)
  }
})

test('Page–Hinkley looks at nothing before 30 values, and begins anew with each change', () => {
  const noticed = (minValues?: number): number[] => {
    const detector = createPageHinkley({ threshold: 5, minValues })
    // Ten of 0 and then 1: far above 5 long before anything is looked at.
    return Array.from({ length: 70 }, (_, i) => i).filter((i) => detector.update(i < 10 ? 0 : 1))
  }
  expect(noticed()).toEqual([29])
  expect(noticed(20)[0]).toBe(19)
})
