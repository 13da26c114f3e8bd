import { studentQuantile } from '../stats/special.ts'
import type { Units } from '../stats/units.ts'
import type { Interval } from './types.ts'

/** The unit of each row whose rows belong together, blocks of time as one; undefined where rows are independent. */
export function togetherOf(units: Units | undefined): Uint32Array | undefined {
  if (units?.of === undefined || (units.kind !== 'clusters' && units.kind !== 'blocks')) return undefined
  return units.kind === 'clusters' ? units.of : units.of.map((unit) => Math.floor(unit / units.block))
}

export interface MeanError {
  readonly mean: number
  readonly error: number
  /** Units − 1. */
  readonly df: number
}

/**
 * A mean and its standard error, rows of a unit counted together: √(Σ_u (Σ_{i∈u} (x_i − x̄))² · U/(U − 1)) / n.
 *
 * @param units The unit of each row. Default: every row is its own.
 */
export function meanError(values: ArrayLike<number>, units?: Uint32Array): MeanError {
  const n = values.length
  let mean = 0
  for (let i = 0; i < n; i++) mean += (values[i] as number) / n
  const sums = new Map<number, number>()
  for (let i = 0; i < n; i++) {
    const unit = units?.[i] ?? i
    sums.set(unit, (sums.get(unit) ?? 0) + (values[i] as number) - mean)
  }
  let squares = 0
  for (const sum of sums.values()) squares += sum * sum
  const count = sums.size
  return { mean, error: count < 2 ? Number.NaN : Math.sqrt((squares * count) / (count - 1)) / n, df: count - 1 }
}

/** Student’s interval of a mean; null where there are fewer than two units. */
export function meanInterval(values: ArrayLike<number>, level: number, units?: Uint32Array): Interval | null {
  const { mean, error, df } = meanError(values, units)
  if (Number.isNaN(error)) return null
  const reach = studentQuantile(1 - (1 - level) / 2, df) * error
  return {
    low: mean - reach,
    high: mean + reach,
    level,
    method: units === undefined ? 'Student t' : 'Student t of whole units',
  }
}

/** So many independent rows would tell as much of the mean: n over the design effect (Kish 1965), at most n. */
export function effectiveRows(values: ArrayLike<number>, units?: Uint32Array): number {
  if (units === undefined) return values.length
  const { error } = meanError(values, units)
  const alone = meanError(values).error
  return error > alone ? values.length * (alone / error) ** 2 : values.length
}
