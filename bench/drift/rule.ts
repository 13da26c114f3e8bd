import { driftTrigger } from '../../src/config/schema/triggers.ts'
import type { TriggersConfig } from '../../src/config/schema.ts'
import type { Profile, ProfileCounts } from '../../src/data/types.ts'
import { binomialCdf } from '../../src/stats/special.ts'
import { drift } from '../../src/triggers/drift.ts'
import type { DriftObservation } from '../../src/triggers/index.ts'
import type { TriggerResult } from '../../src/triggers/types.ts'

/** The drift trigger’s defaults, but without a least number of rows: the rule itself is what is asked. */
export function configure(settings: object = {}): TriggersConfig {
  // Only the drift trigger reads it here.
  return { drift: driftTrigger.parse({ 'min-rows': 1, 'min-share': 0, ...settings }) } as unknown as TriggersConfig
}
export const DEFAULT = configure()
const DEFAULT_SHARE = DEFAULT.drift ? DEFAULT.drift['max-share'] : 1

export function ask(
  profile: Profile,
  counts: ProfileCounts,
  config: TriggersConfig,
  beside: DriftObservation = {},
): TriggerResult {
  return drift.evaluate({
    now: 0,
    config,
    primary: 'auc',
    champion: { version: 1, trainedAt: 0, rows: profile.rows, metrics: [] },
    profile,
    counts,
    drift: beside,
    performance: { none: '' },
    manual: undefined,
  })
}

/** What one check came to. */
export interface Answer {
  /** The default rule: more than a fifth of the features drifted. */
  readonly fires: boolean
  /** Features that drifted. */
  readonly drifted: readonly string[]
  /** Features with p < 0.05, and with a PSI above 0.2. */
  readonly significant: readonly string[]
  readonly large: readonly string[]
  readonly features: number
  /** Labels, predictions, structure, classifier that drifted. */
  readonly parts: readonly string[]
}

export function answerOf({ evidence }: TriggerResult): Answer {
  const features = evidence.filter(({ role }) => role === undefined)
  const names = (wanted: (one: (typeof features)[number]) => boolean): string[] =>
    features.filter(wanted).map(({ column }) => column)
  const drifted = names((one) => one.drifted)
  return {
    fires: drifted.length / features.length > DEFAULT_SHARE,
    drifted,
    significant: names(({ pValue }) => pValue < 0.05),
    large: names(({ psi }) => psi > 0.2),
    features: features.length,
    parts: evidence.flatMap(({ role, drifted: moved }) => (role !== undefined && moved ? [role] : [])),
  }
}

/** How often something came true in so many runs. */
export interface Tally {
  runs: number
  hits: number
}
export const tally = (): Tally => ({ runs: 0, hits: 0 })
export function note(into: Tally, hit: boolean, weight = 1): void {
  into.runs += weight
  into.hits += Number(hit) * weight
}

export const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`
export const share = ({ hits, runs }: Tally): string => (runs === 0 ? '–' : percent(hits, runs))

/** `0.3 % (≤ 0.7)`: with the upper end of Clopper & Pearson’s (1934) two-sided 95 % interval. */
export const bounded = (one: Tally): string =>
  one.runs === 0 ? '–' : `${share(one)} (≤ ${(100 * upperBound(one)).toFixed(1)})`

export function upperBound({ hits, runs }: Tally): number {
  if (hits >= runs) return 1
  let [low, high] = [hits / runs, 1]
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2
    if (binomialCdf(hits, runs, middle) > 0.025) low = middle
    else high = middle
  }
  return high
}
