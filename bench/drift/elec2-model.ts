import { decisiveScores } from '../../src/commands/next-manifest.ts'
import { countNumbers, createLookup, createTally } from '../../src/data/profile-bins.ts'
import { quantileProfile } from '../../src/data/profile-quantiles.ts'
import { rowErrors } from '../../src/evaluation/errors.ts'
import { aucVariance, delong } from '../../src/stats/delong.ts'
import { watchErrors } from '../../src/triggers/error-stream.ts'
import type { PairedColumn } from '../../src/triggers/index.ts'
import { worsening, type Estimate } from '../../src/triggers/worsening.ts'
import { range, type trainChampion } from './elec2-champion.ts'

type Champion = Awaited<ReturnType<typeof trainChampion>>
type Scored = ReturnType<Champion['score']>
type Span = readonly [from: number, to: number]

interface Noticed {
  readonly name: string
  /** Alarms of checks before the change. */
  readonly before: string
  readonly row: number | undefined
}

const known = new Map<string, Float64Array>()
function scoresOf(champion: Champion, [from, to]: Span): Float64Array {
  const key = `${from} ${to}`
  const scores = known.get(key) ?? decisiveScores(champion.score(range(from, to)).predictions)
  known.set(key, scores)
  return scores
}

/** The champion’s scores of new rows on 101 quantiles of those on its holdout. */
export function predicted(champion: Champion, holdout: Span, fresh: Span): PairedColumn {
  const sorted = scoresOf(champion, holdout).slice().sort()
  const quantiles = Array.from({ length: 101 }, (_, k) => sorted[Math.round((k * (sorted.length - 1)) / 100)] as number)
  const profile = quantileProfile('score', quantiles, sorted.length)
  const scores = scoresOf(champion, fresh)
  const tally = createTally(profile.edges)
  countNumbers(scores, undefined, createLookup(profile.edges), tally)
  const { counts, missing, below, above } = tally
  const rows = scores.length
  return {
    profile,
    counts: { name: 'score', rows, missing, counts, unseen: 0, unseenExamples: [], mean: 0, below, above },
  }
}

interface Course {
  readonly learned: number
  readonly trained: number
  readonly alive: number
  readonly last: number
  readonly week: number
  readonly every: number
}

/** The performance trigger’s drop of 0.05 beyond chance, of AUC, against the champion’s holdout. */
export function performed(
  { labels, predictions }: Scored,
  { learned, trained, alive, last, week, every }: Course,
): Noticed[] {
  const scores = decisiveScores(predictions)
  const values = Float64Array.from(labels.values)
  const estimate = (from: number, to: number): Estimate => {
    const curve = delong(values.subarray(from - learned, to - learned), scores.subarray(from - learned, to - learned))
    if (curve === null) return { value: Number.NaN }
    const reach = 1.959963984540054 * Math.sqrt(aucVariance(curve))
    const { auc } = curve
    return { value: auc, interval: { low: Math.max(0, auc - reach), high: Math.min(1, auc + reach), level: 0.95 } }
  }
  const holdout = estimate(learned, trained)
  return (
    ['default: AUC of all rows since, `drop: 0.05`', 'the same of the newest 336 rows (`max-rows: 336`)'] as const
  ).map((name, i) => {
    let [alarms, checks] = [0, 0]
    for (let end = trained + week; end <= last; end += every) {
      const from = i === 0 ? trained : end - week
      const { size, interval } = worsening('auc', 'higher', holdout, estimate(from, end), end - from)
      const fires = size > 0.05 && (interval?.low ?? 0) > 0
      if (end > alive && fires) return { name, before: `${alarms} of ${checks}`, row: end }
      if (end > alive) continue
      checks++
      alarms += Number(fires)
    }
    return { name, before: `${alarms} of ${checks}`, row: undefined }
  })
}

/** The first alarm of each detector after the change, asked after every hundred rows. */
export function detected(champion: Champion, first: number, alive: number): Noticed[] {
  const { labels, predictions } = champion.score(range(first, alive + 10_000))
  const errors = rowErrors(labels, predictions, 0.5, undefined)
  const noticedIn = (detector: 'adwin' | 'page-hinkley' | 'ddm', end: number): number | undefined => {
    const stream = { errors: errors.subarray(0, end), times: undefined, what: '', binary: true }
    const seen = watchErrors(detector, stream)
    return seen !== undefined && 'noticed' in seen ? seen.noticed?.row : undefined
  }
  return (['adwin', 'page-hinkley', 'ddm'] as const).map((detector) => {
    const name = `\`detector: ${detector}\``
    const earlier = noticedIn(detector, alive - first)
    const before = earlier === undefined ? 'no' : `at ${(first + earlier).toLocaleString('en')}`
    for (let end = alive - first + 100; end <= errors.length; end += 100) {
      const row = noticedIn(detector, end)
      if (row !== undefined && row > alive - first) return { name, before, row: first + row }
    }
    return { name, before, row: undefined }
  })
}
