import { permutation, type Random } from '../core/random.ts'
import { principalComponents } from '../stats/pca.ts'
import { buildProfile } from './profile.ts'
import { countNumbers, createLookup, createTally } from './profile-bins.ts'
import { type Column, findColumn, type Table } from './table.ts'
import type { ColumnCounts, NumberProfile, Profile, StructureColumn, StructureProfile } from './types.ts'

/** Columns that are looked at together, the most important ones. */
const MAX_COLUMNS = 100
const MAX_CATEGORIES = 10
/** Rows the components are fitted on, and as many again for their error. */
const FIT_ROWS = 5000
/** Share of the variance that the components keep (NannyML’s default), and how many they may be. */
const KEPT_VARIANCE = 0.65
const MAX_COMPONENTS = 12
/** Weights that are saved in all: a hundred columns have fewer components, or their file would be large. */
const MAX_WEIGHTS = 600
/** One wild value must not be all there is to see. */
const LIMIT = 5

/** The columns that are looked at together, most important first, and what a cell of them is worth. */
export function structureColumns(profile: Profile): readonly StructureColumn[] {
  return profile.columns
    .filter((column) => column.kind !== 'time')
    .toSorted((a, b) => (b.importance ?? 0) - (a.importance ?? 0))
    .flatMap((column): StructureColumn[] => {
      if (column.kind !== 'category') {
        const { name, mean, sd } = column
        return sd > 0 ? [{ name, mean: short(mean), sd: short(sd) }] : []
      }
      const categories = column.categories.slice(0, MAX_CATEGORIES)
      let rows = 0
      let sum = 0
      let squares = 0
      column.counts.forEach((count, i) => {
        const place = i < categories.length ? placeOf(i, categories.length) : 1
        rows += count
        sum += count * place
        squares += count * place * place
      })
      const mean = (sum + column.other) / Math.max(1, rows + column.other)
      const variance = (squares + column.other) / Math.max(1, rows + column.other) - mean ** 2
      return variance > 1e-12
        ? [{ name: column.name, mean: short(mean), sd: short(Math.sqrt(variance)), categories }]
        : []
    })
    .slice(0, MAX_COLUMNS)
}

const placeOf = (index: number, length: number): number => index / length
const short = (value: number): number => Number(value.toPrecision(4))

/** The given rows (all without `rows`) as numbers, row by row. A column that the table does not have is 0 throughout. */
export function encodeStructure(
  columns: readonly StructureColumn[],
  table: Table,
  rows?: ArrayLike<number> | undefined,
): Float64Array {
  const n = rows?.length ?? table.rows
  const d = columns.length
  const values = new Float64Array(n * d)
  columns.forEach((spec, at) => {
    const column = findColumn(table, spec.name)
    if (!column) return
    const read = reader(spec, column)
    for (let i = 0; i < n; i++) {
      const z = (read(rows ? (rows[i] as number) : i) - spec.mean) / spec.sd
      // Not finite: missing, or infinite; either way no place on the scale.
      values[i * d + at] = z > LIMIT ? LIMIT : z < -LIMIT ? -LIMIT : z === z ? z : 0
    }
  })
  return values
}

function reader(spec: StructureColumn, column: Column): (row: number) => number {
  if (spec.categories === undefined) {
    return column.kind === 'category' ? () => Number.NaN : (row) => column.values[row] as number
  }
  if (column.kind !== 'category') return () => Number.NaN
  const places = new Map(spec.categories.map((name, i) => [name, placeOf(i, spec.categories?.length ?? 1)]))
  const byCode = Float64Array.from(column.dictionary, (name) => places.get(name) ?? 1)
  return (row) => {
    const code = column.codes[row] as number
    return code < 0 ? Number.NaN : (byCode[code] as number)
  }
}

/**
 * How the columns of the given rows hang together: principal components of one half of a sample of them, and how far the
 * rows of the other half are from what the components make of them. Undefined with fewer than two columns or 40 rows.
 */
export function fitStructure(
  table: Table,
  rows: Uint32Array,
  profile: Profile,
  random: Random,
): StructureProfile | undefined {
  const columns = structureColumns(profile)
  if (columns.length < 2 || rows.length < 40) return undefined
  const order = permutation(rows.length, random)
  const half = Math.min(FIT_ROWS, rows.length >> 1)
  const sampled = Uint32Array.from(order.subarray(0, 2 * half), (i) => rows[i] as number)
  const components = principalComponents(encodeStructure(columns, table, sampled.subarray(0, half)), columns.length, {
    share: KEPT_VARIANCE,
    limit: Math.min(MAX_COMPONENTS, columns.length - 1, Math.ceil(MAX_WEIGHTS / columns.length)),
  }).map((component) => Array.from(component, (weight) => Number(weight.toFixed(3))))
  const errors = reconstructionErrors({ columns, components }, table, sampled.subarray(half))
  const described = buildProfile(
    {
      rows: errors.length,
      columns: [{ kind: 'number', name: 'reconstruction error', values: errors, integer: false }],
    },
    undefined,
    ['reconstruction error'],
  )
  return { columns, components, error: described.columns[0] as NumberProfile }
}

/** ‖z − VᵀVz‖ of every row: its distance from the space of the components. */
function reconstructionErrors(
  structure: Pick<StructureProfile, 'columns' | 'components'>,
  table: Table,
  rows?: ArrayLike<number> | undefined,
): Float64Array {
  const { columns, components } = structure
  const d = columns.length
  const z = encodeStructure(columns, table, rows)
  const errors = new Float64Array(z.length / d)
  const scores = new Float64Array(components.length)
  for (let row = 0; row < errors.length; row++) {
    const at = row * d
    components.forEach((component, c) => {
      let score = 0
      for (let i = 0; i < d; i++) score += (component[i] as number) * (z[at + i] as number)
      scores[c] = score
    })
    let sum = 0
    for (let i = 0; i < d; i++) {
      let rebuilt = 0
      for (let c = 0; c < scores.length; c++) {
        rebuilt += (components[c] as readonly number[])[i]! * (scores[c] as number)
      }
      sum += ((z[at + i] as number) - rebuilt) ** 2
    }
    errors[row] = Math.sqrt(sum)
  }
  return errors
}

/** Counts reconstruction errors of new rows on the reference’s bins, batch by batch. */
export function createStructureCounter(structure: StructureProfile): {
  add(table: Table, rows?: ArrayLike<number> | undefined): void
  result(): ColumnCounts
} {
  const { edges, name } = structure.error
  const lookup = createLookup(edges)
  const tally = createTally(edges)
  let seen = 0
  return {
    add(table, rows) {
      const errors = reconstructionErrors(structure, table, rows)
      seen += errors.length
      countNumbers(errors, undefined, lookup, tally)
    },
    result: () => ({
      name,
      rows: seen,
      missing: tally.missing,
      counts: tally.counts.slice(),
      unseen: 0,
      unseenExamples: [],
      mean: tally.finite > 0 ? tally.sum / tally.finite : Number.NaN,
      below: tally.below,
      above: tally.above,
    }),
  }
}
