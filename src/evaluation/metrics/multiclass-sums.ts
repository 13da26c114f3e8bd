import { type Terms, termsOf } from '../../stats/sums.ts'
import type { Sample } from '../sample.ts'
import { type Summariser, summed } from './family.ts'
import { classesBefore, decisions } from './decisions.ts'
import { logLoss } from './probability.ts'

/** What the metrics of several classes are read off. */
export interface Multiclass {
  readonly weight: number
  readonly log: number
  /** Weight of the rows whose true class is among the k most probable, by k. */
  readonly top: (k: number) => number
  /** Weight by true class, by decided class, and of the rows for which both are this class; or of all of these alone. */
  readonly truth: Float64Array
  readonly decided: Float64Array
  readonly hits: Float64Array
}

/** Accuracies among the k most probable classes that need no asking, or little. */
export const TOP = [2, 3, 5] as const

/** What the wanted metrics are sums of: metrics of decisions alone need no class, and a slice asks for few of all. */
interface Needs {
  readonly log: boolean
  readonly top: readonly number[]
  /** Truth and decisions class by class, or how many rows are decided rightly, or neither. */
  readonly decisions: 'by class' | 'right' | 'none'
}

function needsOf(names: readonly string[]): Needs {
  const others = names.filter((name) => name !== 'log-loss' && !name.startsWith('top-'))
  const plain = others.every((name) => name === 'accuracy' || name.startsWith('micro-'))
  return {
    log: names.includes('log-loss'),
    top: TOP.filter((k) => names.includes(`top-${k}-accuracy`)),
    decisions: others.length === 0 ? 'none' : plain ? 'right' : 'by class',
  }
}

function termsOfRows(sample: Sample, needs: Needs, from: number, to: number): Terms {
  const { classes, scores } = sample
  const rows = to - from
  const truth = new Uint32Array(sample.labels.subarray(from, to))
  const log = new Float64Array(needs.log ? rows : 0)
  for (let i = 0; i < log.length; i++) log[i] = logLoss(scores[(from + i) * classes + (truth[i] as number)] as number)
  const top = needs.top.map(() => new Float64Array(rows))
  for (let i = 0; i < rows && top.length > 0; i++) {
    const before = classesBefore(sample, from + i)
    for (let t = 0; t < top.length; t++) (top[t] as Float64Array)[i] = before < (needs.top[t] as number) ? 1 : 0
  }
  const columns = [...(needs.log ? [log] : []), ...top]
  if (needs.decisions === 'none') return { rows, columns }
  const decided = decisions(sample, from, to)
  const hit = new Float64Array(rows)
  for (let i = 0; i < rows; i++) hit[i] = decided[i] === truth[i] ? 1 : 0
  if (needs.decisions === 'right') return { rows, columns: [...columns, hit] }
  const cells = [
    { count: classes, code: truth },
    { count: classes, code: decided },
    { count: classes, code: truth, values: hit },
  ]
  return { rows, columns, cells }
}

/** @param names The metrics that are wanted. */
export function multiclassSums(sample: Sample, names: readonly string[]): Summariser<Multiclass> {
  const { rows, classes } = sample
  const needs = needsOf(names)
  const terms = termsOf(rows, (from, to) => termsOfRows(sample, needs, from, to))
  const log = 1
  const top = log + (needs.log ? 1 : 0)
  const first = top + needs.top.length
  const [truth, decided] = needs.decisions === 'by class' ? [classes, classes] : [0, 0]
  const hits = needs.decisions === 'by class' ? classes : needs.decisions === 'right' ? 1 : 0
  return summed(sample, terms, (sums): Multiclass => ({
    weight: sums[0] as number,
    log: needs.log ? (sums[log] as number) : 0,
    top: (k) => sums[top + needs.top.indexOf(k)] as number,
    truth: sums.subarray(first, first + truth),
    decided: sums.subarray(first + truth, first + truth + decided),
    hits: sums.subarray(first + truth + decided, first + truth + decided + hits),
  }))
}
