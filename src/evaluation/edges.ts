import { formatNumber } from '../core/format.ts'

/**
 * An edge between two neighbouring values that can be printed as it is: of all numbers from `below` up to, but not
 * including, `above` the shortest one from the usual precision on. `x ≤ edge` selects the same rows as `x ≤ below`, and
 * what is printed is what was compared.
 *
 * @example printableEdge(5099.1, 5103) // 5100
 * @example printableEdge(28, 29) // 28
 */
export function printableEdge(below: number, above: number): number {
  const usual = parsed(formatNumber(below))
  if (usual === below) return below
  if (usual >= below && usual < above) return usual
  for (let digits = 1; digits <= 17; digits++) {
    const edge = roundedUp(below, digits)
    if (edge >= below && edge < above) return edge
  }
  return below
}

function parsed(text: string): number {
  return Number(text.replaceAll(',', '').replaceAll('−', '-'))
}

function roundedUp(value: number, digits: number): number {
  if (value === 0 || !Number.isFinite(value)) return value
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1)
  return Number((Math.ceil(value / unit - 1e-9) * unit).toPrecision(Math.min(17, digits + 1)))
}

const DAY = 86_400_000
const UNITS = [DAY, 3_600_000, 60_000, 1000] as const

/** The coarsest of days, hours, minutes and seconds that lies from `below` up to, but not including, `above`. */
export function printableTime(below: number, above: number): number {
  for (const unit of UNITS) {
    const edge = Math.ceil(below / unit) * unit
    if (edge < above) return edge
  }
  return below
}

export const wholeDays = (values: Float64Array): boolean =>
  values.every((value) => Number.isNaN(value) || value % DAY === 0)
