import type { Column, Table } from './table.ts'

/**
 * A 32-bit hash of every row. It depends on the names and values of the given columns only, not on their order, their
 * dictionaries or the row's position: the same row has the same hash in every table and on every machine. A missing
 * cell adds nothing.
 */
export function hashRows(table: Table, columns: readonly Column[] = table.columns): Uint32Array {
  const sums = new Uint32Array(table.rows)
  for (const column of columns) {
    const seed = hashText(column.name, 0x9747b28c)
    if (column.kind === 'category') {
      const hashes = column.dictionary.map((text) => mix(hashText(text, seed)))
      for (let row = 0; row < sums.length; row++) {
        const code = column.codes[row] as number
        if (code >= 0) sums[row] = (sums[row] as number) + (hashes[code] as number)
      }
    } else {
      const value = new Float64Array(1)
      const words = new Uint32Array(value.buffer)
      for (let row = 0; row < sums.length; row++) {
        const cell = column.values[row] as number
        if (cell !== cell) continue
        // Adding 0 turns −0 into 0: the two are one number.
        value[0] = cell + 0
        sums[row] = (sums[row] as number) + mix(mix(seed ^ (words[0] as number)) ^ (words[1] as number))
      }
    }
  }
  return sums
}

/** A hash as a number in [0, 1), independent for different salts. */
export function unit(hash: number, salt: number): number {
  return mix(hash ^ mix(salt)) / 0x1_0000_0000
}

/** FNV-1a over UTF-16 code units. */
function hashText(text: string, seed: number): number {
  let hash = seed ^ 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** The finaliser of MurmurHash3: every bit of the input reaches every bit of the output. */
function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
