import { memberOf } from '../core/json.ts'
import { PLAIN, type NumberStyle } from '../data/readers/number-text.ts'
import type { ColumnKind } from '../data/table.ts'
import type { FeatureSpec, InputSpec } from './types.ts'

/** What versions that do not say so have taken for missing: the default of the releases that wrote them. */
const EARLIER_MISSING: readonly string[] = ['', '?', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', 'None']

/** How the cells of one input become values, as they did in training. */
export interface InputReading {
  readonly kind: ColumnKind
  readonly missing: ReadonlySet<string>
  readonly style: NumberStyle
}

const known = new WeakMap<FeatureSpec, ReadonlyMap<string, InputReading>>()

/** The readings of a version's inputs, by column. */
export function readingsOf(spec: FeatureSpec): ReadonlyMap<string, InputReading> {
  const before = known.get(spec)
  if (before !== undefined) return before
  const missing = new Set(spec.reading?.missing)
  const readings = new Map(
    spec.inputs.map((input) => {
      const texts = spec.reading === undefined ? earlierMissing(input) : missing
      return [input.column, { kind: input.kind, missing: texts, style: styleOf(spec, input.column) }]
    }),
  )
  known.set(spec, readings)
  return readings
}

/** How a version writes the numbers of a column. */
export function styleOf({ reading }: Pick<FeatureSpec, 'reading'>, column: string): NumberStyle {
  return memberOf(reading?.styles, column) ?? PLAIN
}

/** What is a category was not missing. */
function earlierMissing(input: InputSpec): ReadonlySet<string> {
  const categories = input.kind === 'category' ? new Set([...input.categories, ...input.rare]) : new Set<string>()
  return new Set(EARLIER_MISSING.filter((text) => !categories.has(text)))
}
