import type { Sample } from '../sample.ts'

/** The class of the highest probability of the rows `from` … `to` − 1; the first of equals. */
export function decisions(
  { rows, classes, scores }: Pick<Sample, 'rows' | 'classes' | 'scores'>,
  from = 0,
  to = rows,
): Uint32Array {
  const decided = new Uint32Array(to - from)
  for (let i = 0; i < decided.length; i++) {
    const at = (from + i) * classes
    let best = 0
    for (let c = 1; c < classes; c++) if ((scores[at + c] as number) > (scores[at + best] as number)) best = c
    decided[i] = best
  }
  return decided
}

/** 1 for each row whose true class is among the k most probable. */
export function topHits(sample: Sample, k: number): Uint8Array {
  return Uint8Array.from({ length: sample.rows }, (_, row) => (classesBefore(sample, row) < k ? 1 : 0))
}

/** How many classes come before the true one: more probable, or as probable and earlier. */
export function classesBefore(sample: Sample, row: number): number {
  const { classes, scores } = sample
  const label = sample.labels[row] as number
  const own = scores[row * classes + label] as number
  let before = 0
  for (let c = 0; c < classes; c++) {
    const score = scores[row * classes + c] as number
    if (score > own || (score === own && c < label)) before++
  }
  return before
}
