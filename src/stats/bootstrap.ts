import { createRandom, permutation, type Random } from '../core/random.ts'
import { climb, drawSteps } from './draw-steps.ts'
import type { Drawn } from './drawn.ts'
import { drawMultinomial } from './multinomial.ts'
import type { Units } from './units.ts'

/** Something that can be computed from how often each unit is there: a vector of `size` numbers, NaN where undefined. */
export interface Statistic {
  readonly size: number
  /** `drawn`: what is known of the counts. */
  score(counts: Float64Array, out: Float64Array, drawn?: Drawn): void
}

/** The values of one component of a statistic over the resamples, and with parts of the data left out. */
export interface Replicates {
  readonly resampled: Float64Array
  /** For each stratum, the values with one of its units (or one block of them) left out. */
  readonly jackknife: readonly Float64Array[]
  /** Units in such a block: 1 where single units were left out. */
  readonly perBlock: number
  /** As of the units that were drawn. */
  readonly widening?: number | undefined
}

export interface BootstrapOptions {
  readonly units: Units
  readonly resamples: number
  readonly seed: number
  /** Whether parts of the data are left out as well, which bias-corrected intervals ask for. Default: true. */
  readonly jackknife?: boolean | undefined
  /** Told after every so many of the resamples how many there are. */
  readonly progress?: ((done: number, total: number) => void) | undefined
}

const PROGRESS_EVERY = 10

/** With more units than this, the jackknife leaves out blocks of units instead of single ones. */
const JACKKNIFE_BLOCKS = 250

/**
 * Resamples the units with replacement and computes every statistic on the *same* resamples: differences between them
 * are paired. A resample is a count for every unit, so nothing is copied or sorted again. Within each stratum as many
 * units are drawn as there are, and count for as many rows as chance gives the stratum; a series is drawn in circular
 * blocks of neighbours (Politis & Romano 1992).
 * Returns, for each statistic, the replicates of each of its components.
 */
export function bootstrap(
  statistics: readonly Statistic[],
  options: BootstrapOptions,
): readonly (readonly Replicates[])[] {
  const { units, resamples, seed } = options
  const none: JackknifePlan = { blocks: [], perBlock: 1 }
  const plan = options.jackknife === false ? none : jackknifePlan(units, createRandom(seed ^ 0x5bd1e995))
  const result = statistics.map(({ size }) =>
    Array.from({ length: size }, () => ({
      resampled: new Float64Array(resamples),
      jackknife: plan.blocks.map((blocks) => new Float64Array(blocks.length)),
      perBlock: plan.perBlock,
      widening: units.widening,
    })),
  )
  const scratch = statistics.map(({ size }) => new Float64Array(size))
  const counts = new Float64Array(units.count)
  const record = (target: (replicates: Replicates) => Float64Array, index: number, drawn?: Drawn): void => {
    for (let s = 0; s < statistics.length; s++) {
      const out = scratch[s] as Float64Array
      ;(statistics[s] as Statistic).score(counts, out, drawn)
      const components = result[s] as readonly Replicates[]
      for (let c = 0; c < out.length; c++) target(components[c] as Replicates)[index] = out[c] as number
    }
  }
  const draw = drawsOf(units, resamples, seed)
  // Strata of a size that is chance have fractions of units.
  const whole = units.sizes === undefined
  for (let r = 0; r < resamples; r++) {
    if (r % PROGRESS_EVERY === 0) options.progress?.(r, resamples)
    draw(r, counts)
    record((replicates) => replicates.resampled, r, whole ? { whole } : undefined)
  }
  plan.blocks.forEach((blocks, stratum) => {
    const from = stratum === 0 ? 0 : (units.strata[stratum - 1] as number)
    const to = units.sizes ? units.count : (units.strata[stratum] as number)
    const all = blocks.reduce((sum, block) => sum + block.length, 0) === units.count
    blocks.forEach((block, index) => {
      counts.fill(1)
      // What is left of a stratum counts for all of it: the shares of the strata stay.
      const times = (to - from) / (to - from - block.length)
      counts.fill(times, from, to)
      for (const unit of block) counts[unit] = 0
      const drawn = all ? { blocks, block: index, times } : undefined
      record((replicates) => replicates.jackknife[stratum] as Float64Array, index, drawn)
    })
  })
  return result
}

interface JackknifePlan {
  /** For each stratum, the units that are left out together. */
  readonly blocks: readonly (readonly Uint32Array[])[]
  readonly perBlock: number
}

function jackknifePlan(units: Units, random: Random): JackknifePlan {
  const { count, strata, block } = units
  if (block > 1) {
    const parts = Math.min(Math.floor(count / block), JACKKNIFE_BLOCKS)
    const blocks = Array.from({ length: parts }, (_, i) => {
      const from = Math.floor((i * count) / parts)
      return Uint32Array.from({ length: Math.floor(((i + 1) * count) / parts) - from }, (__, j) => from + j)
    })
    return { blocks: [blocks], perBlock: 1 }
  }
  const perBlock = Math.max(1, count / JACKKNIFE_BLOCKS)
  // Strata of a size that is chance contribute by their size as well: units are left out of the whole.
  const whole = units.sizes !== undefined
  const blocks = strata.map((end, s) => {
    const from = s === 0 ? 0 : (strata[s - 1] as number)
    const size = end - from
    // A stratum of one unit is the same in every resample: there is nothing to leave out.
    const parts = size < 2 ? 0 : Math.max(2, Math.min(size, Math.round(size / perBlock)))
    const order = permutation(size, random)
    return Array.from({ length: parts }, (_, part) =>
      Uint32Array.from({ length: Math.ceil((size - part) / parts) }, (__, i) => from + (order[part + i * parts] ?? 0)),
    )
  })
  return { blocks: whole ? [blocks.flat()] : blocks, perBlock }
}

/** Writes the counts of resample r. */
type Draw = (r: number, counts: Float64Array) => void

/** Draws that take no more bytes than this are kept for the next bootstrap of as many units: slices draw alike. */
const MOST_KEPT = 1 << 24
let kept: { readonly key: string; readonly draws: Int8Array } | undefined

function drawsOf(units: Units, resamples: number, seed: number): Draw {
  const { count, strata, block } = units
  const random = createRandom(seed)
  if (count * resamples > MOST_KEPT || units.sizes) return (_, counts) => drawUnits(units, random, counts)
  const key = [count, block, resamples, seed, ...strata].join(' ')
  if (kept?.key !== key) {
    const draws = new Int8Array(count * resamples)
    for (let r = 0; r < resamples; r++) drawSteps(units, random, draws, r * count)
    kept = { key, draws }
  }
  const { draws } = kept
  return (r, counts) => climb(draws, r * count, counts)
}

/** Writes how often each unit is drawn into one resample. */
export function drawUnits(units: Units, random: Random, counts: Float64Array): void {
  const drawn = new Int8Array(units.count)
  drawSteps(units, random, drawn, 0)
  climb(drawn, 0, counts)
  if (units.sizes) scaleStrata(units.strata, units.sizes, random, counts)
}
/** Counts of a stratum for as many rows as n drawn ones would have of it. One that would have none keeps one row. */
function scaleStrata(strata: readonly number[], sizes: readonly number[], random: Random, counts: Float64Array): void {
  const drawn = new Float64Array(sizes.length)
  drawMultinomial(sizes, random, drawn)
  let from = 0
  strata.forEach((to, s) => {
    const scale = Math.max(1, drawn[s] as number) / (sizes[s] as number)
    for (let i = from; i < to; i++) counts[i] = (counts[i] as number) * scale
    from = to
  })
}
