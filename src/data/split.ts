import type { DataConfig, HoldoutConfig, TrainConfig } from '../config/schema.ts'
import { isoTime } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import { formatPercent } from '../core/format.ts'
import { count } from '../core/text.ts'
import { hashRows, unit } from './row-hash.ts'
import { findColumn, type Table, type TimeColumn } from './table.ts'
import { boundary, orderByTime } from './time-order.ts'
import type { Split } from './types.ts'

const DEFAULT_SHARE = 0.2
/**
 * Salt of the holdout's hash. It is no setting and no seed: the same row has to fall on the same side in every run, or
 * a candidate would be judged on rows that the champion learned.
 */
const HOLDOUT_SALT = 0x5ef17
/** Of the rows after the champion's training, this share is held out: the candidate learns from the rest. */
const NEW_SHARE = 0.5

export interface SplitOptions {
  readonly table: Table
  readonly data: Pick<DataConfig, 'time' | 'id'>
  /** undefined: the newest 20 % with a time column, 20 % by hash without. */
  readonly holdout: HoldoutConfig | undefined
  /** Share of the rows that are not held out. */
  readonly validation: number
  /** Train on the newest part only; the holdout is not touched by it. `auto` is up to the caller, and all rows here. */
  readonly window?: TrainConfig['window'] | undefined
  readonly champion?: { readonly watermark?: number | undefined; readonly stale?: Stale | undefined } | undefined
  /** The rows of `holdout: {files}`, read by the caller. */
  readonly holdoutTable?: Table | undefined
  /** Of the validation rows where they are chosen by hash. */
  readonly seed: number
}

/** The champion is known to fail: the candidate needs rows since then to learn from. */
export interface Stale {
  /** When its errors rose, or else the newest row that was there when it was trained; epoch milliseconds. */
  readonly since: number
  /** Rows that are held out at least. */
  readonly least: number
}

/**
 * Divides a table's rows into training, validation and holdout. The parts are disjoint; only `window` leaves rows out.
 *
 * With a time column the holdout is the newest part, rows of one time stay together, and it starts after the
 * champion's watermark: it is the newest half of the rows after it, at most the configured share of all rows. Where the
 * champion is known to fail it is half of the rows since then only, or nothing of what has changed would be left to learn
 * from.
 * Without one a row is held out by a hash of its id (all rows of an id go together), or of its cells: the same row
 * falls on the same side in every run, whatever rows are added. Validation rows are chosen in the same way from the rest.
 */
export function splitRows(options: SplitOptions): Split {
  const { table, holdout } = options
  const time = timeColumn(table, options.data.time)
  if (holdout !== undefined && 'files' in holdout) return { ...finish(options, time, fromFiles(options)), by: 'files' }
  if (time !== undefined && (holdout === undefined || 'last' in holdout)) {
    const byTime = newest(options, time, holdout?.last ?? DEFAULT_SHARE)
    if (byTime !== undefined) return finish(options, time, byTime)
  }
  const share = holdout === undefined ? DEFAULT_SHARE : 'last' in holdout ? holdout.last : holdout.share
  return finish(options, time, byHash(options, share, time !== undefined))
}

interface Holdout {
  readonly rows: Uint32Array
  readonly rest: Uint32Array
  /** How the validation rows are chosen from the rest. */
  readonly by: 'time' | 'hash'
  readonly description: string
  readonly championSafe: boolean
  readonly note?: string | undefined
}

function timeColumn(table: Table, name: string | undefined): TimeColumn | undefined {
  if (name === undefined) return undefined
  const column = findColumn(table, name)
  if (column?.kind === 'time') return column
  throw new RefitError(
    'data',
    `the time column "${name}" ${column === undefined ? 'is not in the data' : 'holds no times'}`,
  )
}

function fromFiles({ table, holdoutTable, data }: SplitOptions): Holdout {
  return {
    rows: new Uint32Array(0),
    rest: Uint32Array.from({ length: table.rows }, (_, row) => row),
    by: data.time === undefined ? 'hash' : 'time',
    description: `${count(holdoutTable?.rows ?? 0, 'row')} in files of their own`,
    championSafe: true,
  }
}

/** Undefined where all rows carry the same time. */
function newest({ table, champion }: SplitOptions, time: TimeColumn, share: number): Holdout | undefined {
  const order = orderByTime(time.values)
  const n = table.rows
  const timeAt = (i: number): number => time.values[order[i] as number] as number
  const watermark = champion?.watermark
  const firstNew = watermark === undefined ? 0 : order.findIndex((row) => (time.values[row] as number) > watermark)
  const newRows = firstNew < 0 ? 0 : n - firstNew
  const safe = watermark === undefined || newRows > 0
  const cap = Math.max(1, Math.round(n * share))
  const half = Math.max(1, Math.round(newRows * NEW_SHARE))
  const halved = watermark !== undefined && safe && half < cap
  const most = halved ? half : cap
  const fresh = champion?.stale === undefined || !safe ? Infinity : freshHalf(champion.stale)
  const wanted = n - Math.min(most, fresh)
  // The cut may move to keep equal times together, but never to rows that the champion has learned.
  const cut = boundary(timeAt, wanted, safe ? Math.max(firstNew, 1) : 1, n - 1)
  if (cut === undefined) {
    if (!safe || firstNew < 1) return undefined
    // All new rows carry one time: held out together, or the champion could not be judged at all.
    return part(
      firstNew,
      'all rows after the champion’s training',
      'all new rows carry one time, so the candidate learns from none of them',
    )
  }
  const rows = count(n - cut, 'row')
  const percent = formatPercent((n - cut) / n)
  if (!safe) {
    return part(
      cut,
      `the newest ${rows} (${percent})`,
      `no row is newer than the champion’s training (${isoTime(watermark)}): it has seen rows it is judged on`,
    )
  }
  const why =
    fresh < most
      ? ', half of the rows since the champion fails: the candidate has to learn from them'
      : halved
        ? ', half of the rows after the champion’s training'
        : ''
  return part(cut, `the newest ${rows} (${percent})${why}`)

  function freshHalf({ since, least }: Stale): number {
    const first = order.findIndex((row) => (time.values[row] as number) >= since)
    return Math.max(least, Math.round((first < 0 ? 0 : n - first) * NEW_SHARE))
  }

  function part(cutAt: number, what: string, note?: string): Holdout {
    return {
      rows: order.slice(cutAt),
      rest: order.slice(0, cutAt),
      by: 'time',
      description: `${what}, from ${isoTime(timeAt(cutAt))}`,
      championSafe: safe,
      note,
    }
  }
}

function byHash({ table, data, champion }: SplitOptions, share: number, timeIsUseless: boolean): Holdout {
  const hashes = keyHashes(table, data.id)
  const rows: number[] = []
  const rest: number[] = []
  for (let row = 0; row < table.rows; row++) {
    ;(unit(hashes[row] as number, HOLDOUT_SALT) < share ? rows : rest).push(row)
  }
  const what = data.id === undefined ? 'a hash of their cells' : `a hash of “${data.id}”`
  return {
    rows: Uint32Array.from(rows),
    rest: Uint32Array.from(rest),
    by: 'hash',
    description: `${Number((100 * share).toPrecision(3))} % of the rows, by ${what}`,
    championSafe: !timeIsUseless || champion?.watermark === undefined,
    note: timeIsUseless ? 'all rows carry the same time, so they are split by a hash' : undefined,
  }
}

function keyHashes(table: Table, id: string | undefined): Uint32Array {
  const column = id === undefined ? undefined : findColumn(table, id)
  if (id !== undefined && column === undefined) throw new RefitError('data', `the id column "${id}" is not in the data`)
  const rows = hashRows(table)
  if (column === undefined) return rows
  // A row without an id stands for itself.
  const ids = hashRows(table, [column])
  return ids.map((hash, row) => (hash === 0 ? (rows[row] as number) : hash))
}

function finish(options: SplitOptions, time: TimeColumn | undefined, holdout: Holdout): Split {
  const pool = withinWindow(holdout.rest, time, options.window)
  const { train, validation } =
    (time !== undefined && holdout.by === 'time' ? newestValidation(pool, time, options.validation) : undefined) ??
    hashedValidation(pool, options)
  return {
    train: train.sort(),
    validation: validation.sort(),
    holdout: holdout.rows.sort(),
    holdoutTable: options.holdoutTable,
    by: holdout.by,
    description: holdout.description,
    watermark: time === undefined ? undefined : newestTime(time, pool),
    championSafe: holdout.championSafe,
    note: holdout.note,
  }
}

/** The newest rows of a pool validate; undefined where all carry one time. */
export function newestValidation(pool: Uint32Array, time: TimeColumn, share: number) {
  const order = orderByTime(time.values, pool)
  const wanted = order.length - Math.max(1, Math.round(order.length * share))
  const cut = boundary((i) => time.values[order[i] as number] as number, wanted, 1, order.length - 1)
  return cut === undefined ? undefined : { train: order.slice(0, cut), validation: order.slice(cut) }
}

function hashedValidation(pool: Uint32Array, { table, data, validation, seed }: SplitOptions) {
  const hashes = keyHashes(table, data.id)
  const isValidation = (row: number): boolean => unit(hashes[row] as number, seed ^ 0x7a11d) < validation
  return { train: pool.filter((row) => !isValidation(row)), validation: pool.filter(isValidation) }
}

/** The newest rows of a pool; by position in the data where there is no time. */
function withinWindow(pool: Uint32Array, time: TimeColumn | undefined, window: SplitOptions['window']): Uint32Array {
  if (typeof window !== 'object') return pool
  if ('ms' in window) {
    if (time === undefined) throw new RefitError('data', 'train.window as a duration needs a time column')
    const from = (newestTime(time, pool) ?? 0) - window.ms
    return pool.filter((row) => (time.values[row] as number) > from)
  }
  const order = time === undefined ? pool.slice().sort() : orderByTime(time.values, pool)
  return order.slice(Math.max(0, order.length - window.rows))
}

function newestTime(time: TimeColumn, rows: Uint32Array): number | undefined {
  let newestSeen: number | undefined
  for (const row of rows) {
    const value = time.values[row] as number
    if (newestSeen === undefined ? value === value : value > newestSeen) newestSeen = value
  }
  return newestSeen
}
