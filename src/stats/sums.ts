/** What a statistic needs of the rows, where weighted sums over them are all it needs. */
export interface Terms {
  readonly rows: number
  /** Σ w·x of each. */
  readonly columns: readonly Float64Array[]
  /** Σ w of the rows of each cell, or Σ w·x where there are values. */
  readonly cells?: readonly Cells[] | undefined
}

export interface Cells {
  readonly count: number
  /** The cell of each row. */
  readonly code: Uint8Array | Uint32Array
  readonly values?: Float64Array | undefined
}

/** The same of so many rows that the terms are made part by part, and again whenever they are needed. */
export interface LongTerms {
  readonly rows: number
  /** Of the rows `from` … `to` − 1. */
  part(from: number, to: number): Terms
}

/** Up to so many rows the terms are made once and kept. */
const KEPT_ROWS = 1 << 17
const PART_ROWS = 1 << 16

/** The terms of all rows, or a way to make them part by part where all at once would fill the memory. */
export function termsOf(rows: number, part: LongTerms['part'], kept = KEPT_ROWS): Terms | LongTerms {
  return rows <= kept ? part(0, rows) : { rows, part }
}

/** Visits the terms part by part, in the order of the rows. */
export function eachPart(terms: Terms | LongTerms, visit: (part: Terms, from: number) => void): void {
  if (!('part' in terms)) {
    visit(terms, 0)
    return
  }
  for (let from = 0; from < terms.rows; from += PART_ROWS) {
    visit(terms.part(from, Math.min(terms.rows, from + PART_ROWS)), from)
  }
}

/** How many sums there are: Σ w first, then the columns, then the cells. */
export function sumCount(terms: Terms | LongTerms): number {
  const { columns, cells = [] } = 'part' in terms ? terms.part(0, 0) : terms
  return 1 + columns.length + cells.reduce((total, part) => total + part.count, 0)
}

/** Into how many sums each row goes. */
export function entriesPerRow(terms: Terms | LongTerms): number {
  const { columns, cells = [] } = 'part' in terms ? terms.part(0, 0) : terms
  return 1 + columns.length + cells.length
}

/** The sums over all rows. Sums of parts of the rows add up to those of the whole. */
export function sumRows(terms: Terms | LongTerms, weights: Float64Array | undefined): Float64Array {
  const sums = new Float64Array(sumCount(terms))
  eachPart(terms, (part, from) => addRows(part, from, weights, sums))
  return sums
}

function addRows(terms: Terms, from: number, weights: Float64Array | undefined, sums: Float64Array): void {
  const own = weights?.subarray(from, from + terms.rows)
  let at = 0
  let total = sums[at] as number
  if (own === undefined) total += terms.rows
  else for (let i = 0; i < own.length; i++) total += own[i] as number
  sums[at++] = total
  for (const column of terms.columns) {
    let sum = sums[at] as number
    if (own === undefined) for (let i = 0; i < terms.rows; i++) sum += column[i] as number
    else for (let i = 0; i < terms.rows; i++) sum += (own[i] as number) * (column[i] as number)
    sums[at++] = sum
  }
  for (const { code, count, values } of terms.cells ?? []) {
    for (let i = 0; i < terms.rows; i++) {
      const cell = at + (code[i] as number)
      const weight = own === undefined ? 1 : (own[i] as number)
      sums[cell] = (sums[cell] as number) + weight * (values === undefined ? 1 : (values[i] as number))
    }
    at += count
  }
}
