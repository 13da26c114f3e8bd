/** What is known of the counts of units beforehand, so that sums are found faster. */
export type Drawn = Resample | LeftOut

/** Whole numbers that add up to the number of units. Whoever is handed the same one again is asked about the same counts. */
export interface Resample {
  readonly whole: true
}

/** One of the blocks, each unit of which is in exactly one, is left out; all other units count `times`. */
export interface LeftOut {
  readonly blocks: readonly Uint32Array[]
  /** Place of the one among them. */
  readonly block: number
  readonly times: number
}

/**
 * The sums of some columns with each block left out, of column j without block b at b · columns + j: what is before it
 * and what is behind it, so that nothing is taken off again that rounding has changed.
 */
export function sumsWithout(columns: readonly Float64Array[], blocks: readonly Uint32Array[]): Float64Array {
  const width = columns.length
  const without = new Float64Array(blocks.length * width)
  const own = new Float64Array(blocks.length)
  columns.forEach((column, j) => {
    blocks.forEach((block, b) => {
      let sum = 0
      for (let i = 0; i < block.length; i++) sum += column[block[i] as number] as number
      own[b] = sum
    })
    let before = 0
    for (let b = 0; b < own.length; b++) {
      without[b * width + j] = before
      before += own[b] as number
    }
    let behind = 0
    for (let b = own.length - 1; b >= 0; b--) {
      without[b * width + j] = (without[b * width + j] as number) + behind
      behind += own[b] as number
    }
  })
  return without
}
