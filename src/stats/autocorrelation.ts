/** Autocorrelations this many standard errors (times √log₁₀ n) from 0 count, as Politis & White propose. */
const SIGNIFICANCE = 2
/** Blocks are at most this share of the series, so that a resample is made of some at least. */
const MOST_OF_SERIES = 0.05

export interface SerialDependence {
  /** Rows. */
  readonly block: number
  readonly lag: number
}

const INDEPENDENT = { block: 1, lag: 0 }

/**
 * How many neighbours of a time series a bootstrap should draw together, for the variance of a mean: Politis & White
 * (2004), “Automatic block-length selection for the dependent bootstrap”, with the correction of Patton, Politis &
 * White (2009), for circular blocks. 1 where no autocorrelation is to be seen: the rows may be drawn one by one.
 *
 * m̂ is the last lag before a run of insignificant autocorrelations, M = 2m̂, λ the flat-top window;
 * b = (2G²/D)^{1/3}·n^{1/3} with G = Σ λ(k/M)·|k|·R(k) and D = 4/3·(Σ λ(k/M)·R(k))².
 *
 * `lag` is G/Σ λ(k/M)·R(k): how many rows apart correlated rows are, weighed by their correlation. A block of L rows
 * misses a share lag/L of the variance.
 */
export function serialDependence(series: Float64Array): SerialDependence {
  const n = series.length
  if (n < 20) return INDEPENDENT
  let mean = 0
  for (const value of series) mean += value / n
  const centred = series.map((value) => value - mean)
  const covariance = (lag: number): number => {
    let sum = 0
    for (let i = lag; i < n; i++) sum += (centred[i] as number) * (centred[i - lag] as number)
    return sum / n
  }
  const variance = covariance(0)
  // Rounding leaves some 1e-32 of the square of the mean where every value is the same.
  if (!(variance > 1e-24 * mean * mean)) return INDEPENDENT
  const run = Math.max(5, Math.ceil(Math.sqrt(Math.log10(n))))
  const most = Math.ceil(Math.sqrt(n)) + run
  const limit = SIGNIFICANCE * Math.sqrt(Math.log10(n) / n) * variance
  const covariances = [variance]
  let last = 0
  for (let lag = 1; lag <= most && lag < n && lag - last <= run; lag++) {
    covariances.push(covariance(lag))
    if (Math.abs(covariances[lag] as number) >= limit) last = lag
  }
  if (last === 0) return INDEPENDENT
  const bandwidth = Math.min(2 * last, most)
  let g = 0
  let spectrum = variance
  for (let lag = 1; lag <= bandwidth && lag < n; lag++) {
    const share = lag / bandwidth
    const window = share <= 0.5 ? 1 : 2 * (1 - share)
    const value = covariances[lag] ?? covariance(lag)
    g += 2 * window * lag * value
    spectrum += 2 * window * value
  }
  const length = Math.cbrt((2 * g * g) / ((4 / 3) * spectrum * spectrum)) * Math.cbrt(n)
  if (!Number.isFinite(length)) return INDEPENDENT
  const block = Math.max(1, Math.min(Math.ceil(length), Math.floor(n * MOST_OF_SERIES)))
  return { block, lag: spectrum > 0 ? Math.max(0, g / spectrum) : 0 }
}
