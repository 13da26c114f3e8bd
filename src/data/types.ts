import type { Place } from '../core/error.ts'
import type { Nearly, UnreadValues } from './nearly.ts'
import type { NumberStyle } from './readers/number-text.ts'
import type { TimeFormat } from './readers/time-format.ts'
import type { ColumnKind, Table } from './table.ts'

/** One file that a read touched. */
export interface SourceFile {
  /** Relative to the repository's root, with forward slashes. */
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly rows: number
}

export interface DroppedRows {
  /** For people: `more fields than the header`, `label missing`, `duplicate of an earlier row`. */
  readonly reason: string
  readonly rows: number
  /** Where it happened first. */
  readonly example: Place | undefined
  /** What stands there, where that is the reason. */
  readonly value?: string | undefined
}

/** Rows whose time lies in the future of the run's clock. */
export interface FutureRows {
  readonly rows: number
  /** The first of them, ISO 8601, and where a file holds it. */
  readonly first: string
  readonly place?: Place | undefined
}

/** Values of a column that cannot be read as its type, and count as missing. */
export interface StrayValues {
  readonly count: number
  /** The first of them. */
  readonly example: string
  /** Of a batch: the row of each of them, and beside it what stands there. */
  readonly rows?: readonly number[] | undefined
  readonly texts?: readonly string[] | undefined
}

/** What inference made of a column and what a reader should know about it. */
export interface ColumnReport {
  readonly name: string
  readonly kind: ColumnKind
  /**
   * How Refit uses the column; `id`, `index` (it numbers the rows), `constant` and `personal` columns are recognised and left
   * out of the features.
   */
  readonly role: 'feature' | 'label' | 'time' | 'id' | 'index' | 'weight' | 'ignored' | 'constant' | 'personal'
  readonly missing: number
  readonly distinct: number
  /** `11 blanks in a numeric column`, `looks like an id`, `mixed types: 3 of 7,043 are no numbers`. */
  readonly notes: readonly string[]
  /** Of a category whose values are mostly numbers. */
  readonly nearly?: Nearly | undefined
  /** Of numbers and times: values that are neither, where they are more than a few. */
  readonly unread?: UnreadValues | undefined
}

/** Everything a read learned about the data, for the report. Part of the RunRecord. */
export interface DataReport {
  readonly files: readonly SourceFile[]
  readonly rowsRead: number
  readonly rowsKept: number
  /** Rows that could have been kept, where `data.max-rows` has left some out. */
  readonly rowsUsable?: number | undefined
  readonly dropped: readonly DroppedRows[]
  readonly columns: readonly ColumnReport[]
  /** sha256 over the sorted (path, sha256) of the files, held-out ones included: equal data, equal fingerprint. */
  readonly fingerprint: string
  /** Epoch milliseconds of the oldest and newest row; undefined without a time column. */
  readonly window: { readonly from: number; readonly to: number } | undefined
  /** Of the held-out rows, where they come from files of their own; their rows are in none of the above. */
  readonly heldOut?: HeldOutReport | undefined
}

export type HeldOutReport = Pick<DataReport, 'files' | 'rowsRead' | 'rowsKept' | 'dropped' | 'window'>

/** How the cells of a table were read; saved with a version, so that whatever it is asked later is read in the same way. */
export interface CellReading {
  /** Texts that mean “missing” in any column. */
  readonly missing: readonly string[]
  /** How numbers are written, by column; columns that are not in it write them as programs do. */
  readonly styles: Readonly<Record<string, NumberStyle>>
  /** What the bare numbers of the time column are; left out where it has none. */
  readonly timeFormat?: TimeFormat | undefined
}

export interface LoadedData {
  readonly table: Table
  readonly report: DataReport
  readonly reading: CellReading
}

/** A breach of an `expect` rule, or a finding of the built-in checks (duplicates, leaks, constant columns). */
export interface QualityFinding {
  readonly rule: string
  readonly column: string | undefined
  readonly severity: 'stop' | 'warn'
  /** One sentence: `age: 3 of 7,043 values (0.04 %) are above 120, the first is 999`. */
  readonly sentence: string
}

/**
 * Row numbers of one split of a table. The three parts are disjoint. `holdout` rows have been trained on by neither
 * the candidate nor, as far as `championSafe` says, the champion.
 */
export interface Split {
  readonly train: Uint32Array
  readonly validation: Uint32Array
  readonly holdout: Uint32Array
  /** When the holdout comes from files of its own (`holdout: {files}`), it is this table's rows instead. */
  readonly holdoutTable: Table | undefined
  /** How held-out rows are told from the others. */
  readonly by: 'time' | 'hash' | 'files'
  /** For the report: `the newest 20 % of the rows, from 2026-05-01`. */
  readonly description: string
  /** Newest time in train ∪ validation: the next champion's watermark; undefined without a time column. */
  readonly watermark: number | undefined
  /** False where some holdout rows may be older than the champion's watermark (and why). */
  readonly championSafe: boolean
  readonly note: string | undefined
  /** How it is known that the champion has not seen them. */
  readonly championWhy?: string | undefined
}

/** Distribution of one column, on bins frozen when the version was trained. JSON, small. */
export type ColumnProfile = NumberProfile | CategoryProfile

/** What is known of a feature beside its distribution. */
interface ProfileNotes {
  /** How much of the primary metric the model loses without the column (permutation importance on the holdout). */
  readonly importance?: number | undefined
  /**
   * Rows of one day resemble each other: this many of them say as much as one independent row (Kish’s design effect).
   * 1 where it is left out.
   */
  readonly designEffect?: number | undefined
  /**
   * Known error of the counts, in rows; left out where they are exact. Numbers: the rows up to an edge are so many more or
   * less. Categories: a name occurred as often as its count says, or up to so many times more, and a name that is not
   * listed up to so many times more than the last one that is.
   */
  readonly error?: number | undefined
}

export interface NumberProfile extends ProfileNotes {
  readonly kind: 'number' | 'time'
  readonly name: string
  readonly rows: number
  readonly missing: number
  readonly min: number
  readonly max: number
  readonly mean: number
  /** Population standard deviation (ddof 0). */
  readonly sd: number
  /**
   * Inner edges of the bins, strictly increasing, at most 127 (quantiles of the reference). Bin i holds
   * edges[i−1] < x ≤ edges[i], with −∞ and +∞ at the ends.
   */
  readonly edges: readonly number[]
  /** Rows per bin, `edges.length + 1` of them; missing rows are not in them. */
  readonly counts: readonly number[]
  /** Every edge but the first is a value of the reference (up to rounding), each value with a bin of its own. */
  readonly discrete?: boolean | undefined
  /** Where other rows were counted on a version’s bins: as of `ColumnCounts`. A version’s own rows have none outside. */
  readonly below?: number | undefined
  readonly above?: number | undefined
}

export interface CategoryProfile extends ProfileNotes {
  readonly kind: 'category'
  readonly name: string
  readonly rows: number
  readonly missing: number
  /** The most frequent categories (at most 200), most frequent first. */
  readonly categories: readonly string[]
  readonly counts: readonly number[]
  /** Rows in categories beyond the listed ones. */
  readonly other: number
  readonly distinct: number
  /** Relative standard error of `distinct`; left out where it is exact. */
  readonly distinctError?: number | undefined
  /** HyperLogLog registers of all names, a character each, where not all names are listed: to count those of a merge. */
  readonly sketch?: string | undefined
}

/** Saved with each version as `profile.json`; the reference of the drift trigger. */
export interface Profile {
  readonly schemaVersion: 1
  readonly rows: number
  readonly columns: readonly ColumnProfile[]
  /** Of the column to predict. */
  readonly label?: ColumnProfile | undefined
  /** How the columns hang together; where `drift.multivariate` was on when the version was trained. */
  readonly structure?: StructureProfile | undefined
}

/** Principal components of the standardised columns, and how well they rebuild the rows of the reference. */
export interface StructureProfile {
  readonly columns: readonly StructureColumn[]
  /** Orthonormal rows, largest variance first. */
  readonly components: readonly (readonly number[])[]
  /** Distribution of the reconstruction error of rows that the components were not fitted on. */
  readonly error: NumberProfile
}

/** How a cell becomes a number: (x − mean) / sd, at most ±5; missing is 0. */
export interface StructureColumn {
  readonly name: string
  readonly mean: number
  readonly sd: number
  /** For a category x is its place in this list, by frequency, from 0 to 1; 1 for all others. */
  readonly categories?: readonly string[] | undefined
}

/** New rows counted on a profile's frozen bins. Same order as the profile's columns. */
export interface ProfileCounts {
  readonly rows: number
  /** Rows whose label is present; equal to `rows` where no label column was counted. */
  readonly labelled: number
  readonly columns: readonly ColumnCounts[]
  /** Of the label, on the profile’s. Undefined where the profile has none. */
  readonly label?: ColumnCounts | undefined
  /** Columns of the profile that the new data has no longer, and columns it has beside the profile's. */
  readonly vanished: readonly string[]
  readonly added: readonly string[]
  /** Databases only: texts in columns of numbers that are none, with how many rows have them. By column. */
  readonly unread?: ReadonlyMap<string, ReadonlyMap<string, number>> | undefined
  /** Databases only: rows that lie in the future of the run's clock, and are not counted. */
  readonly future?: FutureRows | undefined
}

export interface ColumnCounts {
  readonly name: string
  readonly rows: number
  readonly missing: number
  /** On the profile's bins or categories. */
  readonly counts: Float64Array
  /** Category columns: rows in categories the reference has not seen (or pooled in `other`), with examples. */
  readonly unseen: number
  readonly unseenExamples: readonly string[]
  /** Number columns: mean of the present values; NaN without any. */
  readonly mean: number
  /** Number columns: how far the finite values outside lie beyond the outer edges, Σ (e₀ − x) and Σ (x − e_last). */
  readonly below?: number | undefined
  readonly above?: number | undefined
}
