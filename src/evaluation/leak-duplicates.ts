import { type Column, findColumn, type Table } from '../data/table.ts'

export interface Part {
  readonly table: Table
  readonly rows: Uint32Array
}

/**
 * How many rows of `after` have a twin in `before`: equal in all of the named columns, missing being equal to missing.
 * By 53-bit hashes: among a million rows the chance of a single false twin is about one in ten thousand. 0 where a
 * column is missing in either table.
 */
export function countShared(before: Part, after: Part, names: readonly string[]): number {
  const pairs = names.flatMap((name) => {
    const one = findColumn(before.table, name)
    const other = findColumn(after.table, name)
    return one && other && one.kind === other.kind ? [{ one, other }] : []
  })
  if (pairs.length < names.length || pairs.length === 0) return 0
  const seen = new Set(
    hashRows(
      pairs.map(({ one }) => one),
      before.rows,
      pairs.map(() => undefined),
    ),
  )
  let shared = 0
  const hashes = hashRows(
    pairs.map(({ other }) => other),
    after.rows,
    pairs.map(({ one, other }) => translation(one, other)),
  )
  for (const hash of hashes) if (seen.has(hash)) shared++
  return shared
}

/** The code in `one`'s dictionary of each code of `other`; new values get codes of their own. */
function translation(one: Column, other: Column): Int32Array | undefined {
  if (one.kind !== 'category' || other.kind !== 'category' || one.dictionary === other.dictionary) return undefined
  const codes = new Map(one.dictionary.map((value, code) => [value, code]))
  return Int32Array.from(other.dictionary, (value, code) => codes.get(value) ?? one.dictionary.length + code)
}

function hashRows(
  columns: readonly Column[],
  rows: Uint32Array,
  translations: readonly (Int32Array | undefined)[],
): Float64Array {
  const n = rows.length
  const high = new Uint32Array(n).fill(0x9e3779b9)
  const low = new Uint32Array(n).fill(0x85ebca6b)
  columns.forEach((column, c) => {
    // Numbers are hashed by their bits; + 0 makes −0 equal 0, and NaN is written in one way only.
    const cell = new Float64Array(1)
    const bits = new Uint32Array(cell.buffer)
    const translated = translations[c]
    for (let i = 0; i < n; i++) {
      const row = rows[i] as number
      if (column.kind === 'category') {
        const code = column.codes[row] as number
        bits[0] = code < 0 ? 0xffffffff : translated ? (translated[code] as number) : code
        bits[1] = 0
      } else {
        const value = column.values[row] as number
        cell[0] = value === value ? value + 0 : Number.NaN
      }
      const a = bits[0] as number
      const b = bits[1] as number
      high[i] = mix((high[i] as number) ^ mix(a + Math.imul(b, 0x27d4eb2f)))
      low[i] = mix((low[i] as number) + mix(b ^ Math.imul(a, 0x165667b1)) + 0x9e3779b9)
    }
  })
  const hashes = new Float64Array(n)
  for (let i = 0; i < n; i++) hashes[i] = ((high[i] as number) & 0x1fffff) * 0x1_0000_0000 + (low[i] as number)
  return hashes
}

/** The finaliser of MurmurHash3. */
function mix(value: number): number {
  let x = value | 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}
