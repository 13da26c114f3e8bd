import { RefitError } from '../core/error.ts'
import type { NumberStyle } from '../data/readers/number-text.ts'
import type { Column, Table } from '../data/table.ts'
import { columnsByName, numberReader, textReader, timeReader } from './cells.ts'
import { signedLog } from './fit-number.ts'
import { encodePiecewise } from './knots.ts'
import { styleOf } from './reading.ts'
import { textIndex } from './text-index.ts'
import type { CategoryInput, FeatureMatrix, FeatureSpec, InputSpec, NumberInput, TimeInput } from './types.ts'

/**
 * Standardised values beyond ±10 are cut: a slip of a unit or 1e300 from a client must not turn a prediction into noise or
 * NaN. Part of schema version 1 of the specification.
 */
const LIMIT = 10
/** 4 GB as 32-bit floats. */
const MAX_CELLS = 2 ** 30
const HOUR = 3_600_000
const DAY = 86_400_000

export type Transform = (table: Table, rows?: ArrayLike<number>) => FeatureMatrix

/** Writes one input of n rows into the matrix, beginning at its first column. The matrix is zero before. */
type Writer = (column: Column, rows: ArrayLike<number> | undefined, n: number, out: Float32Array) => void

/**
 * The one way from a table's raw columns to what a model reads, in training, evaluation and serving. The table may hold
 * further columns, in any order, and a column may have another type than in training as long as its cells mean the same.
 * @throws RefitError `data`, from the returned function, where an input column is missing.
 */
export function createTransform(spec: FeatureSpec): Transform {
  const width = spec.outputs.length
  let first = 0
  const writers = spec.inputs.map((input) => {
    const writer = createWriter(input, first, width, styleOf(spec, input.column))
    first += outputsOf(input)
    return { column: input.column, writer }
  })
  return (table, rows) => {
    const n = rows?.length ?? table.rows
    if (n * width > MAX_CELLS) {
      throw new RefitError('data', `${n} rows of ${width} features do not fit into memory`, {
        hint: 'Set a smaller data.max-rows or train.max-categories, or train.window.',
      })
    }
    const columnOf = columnsByName(table)
    const values = new Float32Array(n * width)
    for (const { column, writer } of writers) writer(columnOf(column), rows, n, values)
    return { rows: n, width, values }
  }
}

function createWriter(input: InputSpec, first: number, width: number, style: NumberStyle): Writer {
  if (input.kind === 'number') return numberWriter(input, first, width, style)
  if (input.kind === 'category') return categoryWriter(input, first, width)
  return timeWriter(input, first, width)
}

function outputsOf(input: InputSpec): number {
  if (input.kind === 'time') return 2 * input.parts.length
  const missing = input.missingIndicator ? 1 : 0
  if (input.kind === 'number') return 1 + binsOf(input) + missing
  return input.categories.length + (input.rare.length > 0 ? 1 : 0) + missing
}

function binsOf({ knots }: NumberInput): number {
  return knots === undefined ? 0 : knots.length - 1
}

function numberWriter(input: NumberInput, first: number, width: number, style: NumberStyle): Writer {
  const { impute, mean, sd, knots, missingIndicator, scale = 1 } = input
  const missingAt = 1 + binsOf(input)
  const logged = input.transform === 'signed-log'
  const standardise = (value: number): number => {
    const z = ((logged ? signedLog(value, scale) : value) - mean) / sd
    return z > LIMIT ? LIMIT : z < -LIMIT ? -LIMIT : z
  }
  const imputed = standardise(impute)
  return (column, rows, n, out) => {
    const read = numberReader(column, style)
    for (let i = 0, at = first; i < n; i++, at += width) {
      const value = read(rows === undefined ? i : (rows[i] as number))
      const present = Number.isFinite(value)
      out[at] = present ? standardise(value) : imputed
      if (knots !== undefined) encodePiecewise(present ? value : impute, knots, out, at + 1)
      if (missingIndicator && !present) out[at + missingAt] = 1
    }
  }
}

function categoryWriter(input: CategoryInput, first: number, width: number): Writer {
  const { categories } = input
  const find = textIndex(categories)
  const hasRare = input.rare.length > 0
  const rareAt = hasRare ? categories.length : -1
  const missingAt = input.missingIndicator ? categories.length + (hasRare ? 1 : 0) : rareAt
  return (column, rows, n, out) => {
    const read = textReader(column, (text) => find(text) ?? rareAt, missingAt)
    for (let i = 0; i < n; i++) {
      const at = read(rows === undefined ? i : (rows[i] as number))
      if (at >= 0) out[i * width + first + at] = 1
    }
  }
}

function timeWriter(input: TimeInput, first: number, width: number): Writer {
  return (column, rows, n, out) => {
    const read = timeReader(column)
    for (let i = 0, at = first; i < n; i++, at += width) {
      const value = read(rows === undefined ? i : (rows[i] as number))
      if (!Number.isFinite(value)) continue // sine and cosine 0: the middle of the cycle's circle, no time at all
      for (let part = 0; part < input.parts.length; part++) {
        const angle = 2 * Math.PI * phase(value, input.parts[part] as TimeInput['parts'][number])
        out[at + 2 * part] = Math.sin(angle)
        out[at + 2 * part + 1] = Math.cos(angle)
      }
    }
  }
}

/** Where in its cycle a UTC time lies, in [0, 1). */
function phase(time: number, part: TimeInput['parts'][number]): number {
  if (part === 'hour') return (((time % DAY) + DAY) % DAY) / HOUR / 24
  const date = new Date(time)
  return part === 'weekday' ? date.getUTCDay() / 7 : date.getUTCMonth() / 12
}
