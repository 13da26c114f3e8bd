/**
 * What a random assignment proves by itself. Units (callers) have values; chance has put each of them, independently and
 * with a known probability, into one arm or the other. If the arms do the same, a unit has the same value in either, and
 * the only thing that chance decided is where each value is found: the values themselves may be as skewed, as few and as
 * different from each other as they like. No distribution is assumed and none is estimated.
 *
 * For any weights λu that do not depend on the assignment, with πₖ the probability of unit k,
 *
 *   E = exp(λ · Σ over the treated u − K(λ)),   K(λ) = Σ over all log(1 + πₖ(e^{λuₖ} − 1))
 *
 * has the expectation 1, so that P(E ≥ 1/α) ≤ α (Markov). The bet λ is the one that proves the most at the level asked
 * for: where λK′(λ) − K(λ) is the level, E reaches it exactly when Chernoff’s bound on the tail of Σu does.
 *
 * Fisher, “The Design of Experiments” (1935), for the test; Chernoff (1952), Annals of Mathematical Statistics 23, for
 * the bound; Vovk & Wang (2021), “E-values: calibration, combination and applications”, Annals of Statistics 49, for
 * what may be done with E: the mean of several is one, and so is one of them.
 */

/** A comparison of units that chance has dealt to two arms. */
export type Randomised =
  /** Each unit is in one of the arms; `share` is the probability of the treated one. */
  | {
      readonly kind: 'split'
      readonly treated: readonly number[]
      readonly others: readonly number[]
      readonly share: number
    }
  /** Each unit is in both arms, at the same position; which of its two values is whose might as well be the other way round. */
  | { readonly kind: 'paired'; readonly treated: readonly number[]; readonly others: readonly number[] }

/**
 * log E against H₀: the treated arm’s values are not above the others’ by more than `margin`. For a margin above 0 the
 * smaller of two: H₀ “above by the margin” and H₀ “the same”.
 *
 * @param level the log E that is to be reached, for which the bet is chosen
 * @example logERandomised({ kind: 'split', treated: [1, 1, 1, 1, 1], others: [0, 0, 0, 0, 0], share: 0.5 }, 0, 3) > 3
 */
export function logERandomised(comparison: Randomised, margin: number, level: number): number {
  const beyond = logEAt(comparison, margin, level)
  return margin > 0 ? Math.min(beyond, logEAt(comparison, 0, level)) : beyond
}

function logEAt(comparison: Randomised, margin: number, level: number): number {
  const { treated, others } = comparison
  if (treated.length === 0 || others.length === 0) return 0
  if (comparison.kind === 'paired') {
    // Twice the difference: its sign is heads or tails.
    const scores = treated.map((value, k) => 2 * (value - margin - (others[k] as number)))
    return logEOf(scores, scores.length, 0.5, level)
  }
  // Centred, so that a split with a few units more or less than planned says nothing.
  const scores = [...treated.map((value) => value - margin), ...others]
  const mean = scores.reduce((total, value) => total + value, 0) / scores.length
  return logEOf(
    scores.map((value) => value - mean),
    treated.length,
    comparison.share,
    level,
  )
}

/** Where e^x is still a number. */
const LARGEST_EXPONENT = 700

/** log E of scores of which the first `treated` are in the treated arm. */
function logEOf(scores: readonly number[], treated: number, share: number, level: number): number {
  const largest = scores.reduce((most, score) => Math.max(most, Math.abs(score)), 0)
  if (!(largest > 1e-12) || !(share > 0 && share < 1)) return 0
  let total = 0
  for (let k = 0; k < treated; k++) total += scores[k] as number
  const bet = betFor(scores, share, level, LARGEST_EXPONENT / largest)
  return bet * total - cumulant(scores, share, bet)[0]
}

/** Steps towards the best bet. E is one at any bet, so that a step more or less costs a little power and nothing else. */
const STEPS = 8

/** About the λ at which λK′(λ) − K(λ) is the level. That grows like λ², and exactly so where Σu is normal. */
function betFor(scores: readonly number[], share: number, level: number, largest: number): number {
  let variance = 0
  for (const score of scores) variance += share * (1 - share) * score * score
  let bet = Math.min(largest, Math.sqrt((2 * level) / variance))
  for (let step = 0; step < STEPS; step++) {
    const [value, slope] = cumulant(scores, share, bet)
    const reached = bet * slope - value
    if (!(reached > 0)) break
    bet = Math.min(largest, bet * Math.sqrt(level / reached))
  }
  return bet
}

/** K(λ) and its slope. */
function cumulant(scores: readonly number[], share: number, bet: number): readonly [value: number, slope: number] {
  let value = 0
  let slope = 0
  for (const score of scores) {
    const grown = share * Math.exp(bet * score)
    const both = 1 - share + grown
    value += Math.log(both)
    slope += (score * grown) / both
  }
  return [value, slope]
}
