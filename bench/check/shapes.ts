import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileWriter, parquetWrite } from 'hyparquet-writer'
import { createRandom, type Random } from '../../src/core/random.ts'
import { CATEGORIES, FEATURES, NUMBERS, writeData } from './data.ts'

/** One model of the repository: another way to look at the same data. */
export interface Case {
  readonly model: string
  /** What is said of it behind the shape’s name. */
  readonly title: string
  /** More keys of its `data`, each behind a comma. */
  readonly data: string
  readonly ignored: readonly string[]
  /** Whether the peer does the same. */
  readonly peer: boolean
  /** Measured only from so many rows on. */
  readonly rows?: number
}

/** The data of a measurement: what the versions are trained on, and what has arrived since. */
export interface Shape {
  readonly format: string
  readonly columns: number
  /** How many rows are checked, one measurement for each. */
  readonly rows: readonly number[]
  /** The glob of `data.source`. */
  readonly source: string
  readonly goal: { readonly seconds: number; readonly megabytes: number }
  readonly cases: readonly Case[]
  /** Instead of the defaults without an estimate. */
  readonly triggers?: string
  /** Writes the labelled reference into the folder and names it. */
  reference(folder: string): Promise<string>
  current(folder: string, rows: number): Promise<readonly string[]>
}

const REFERENCE_ROWS = 20_000
const ROWS_A_FILE = 1_000_000
const ROWS_A_GROUP = 100_000
/** A row a minute. */
const START = Date.UTC(2026, 0, 1)
const STEP = 60_000
const LARGEST = 10_000_000
const ALL: Case = { model: 'bench', title: '', data: '', ignored: [], peer: true }

/** 20 columns of CSV. */
const csv: Shape = {
  format: 'CSV',
  columns: 20,
  rows: [100_000],
  source: 'data/*.csv',
  goal: { seconds: 0.6, megabytes: 200 },
  cases: [ALL],
  async reference(folder) {
    await writeData(join(folder, 'reference.csv'), REFERENCE_ROWS, 1, true)
    return 'reference.csv'
  },
  async current(folder, rows) {
    await writeData(join(folder, 'new.csv'), rows, 2, false)
    return ['new.csv']
  },
}

/** The same with all labels there: the champion is scored and challenged as well. */
const labelled: Shape = {
  ...csv,
  goal: { seconds: Infinity, megabytes: 400 },
  cases: [{ ...ALL, title: ', all labelled', peer: false }],
  triggers: '{performance: {estimate: false}, volume: false}',
  async current(folder, rows) {
    await writeData(join(folder, 'new.csv'), rows, 2, true)
    return ['new.csv']
  },
}

const narrow = FEATURES.slice(5)
/** 20 columns, a time and the label, in Parquet files of a million rows. */
const parquet: Shape = {
  format: 'Parquet',
  columns: 20,
  rows: [100_000, 1_000_000, LARGEST],
  source: 'data/*.parquet',
  goal: { seconds: Infinity, megabytes: 1000 },
  cases: [
    { ...ALL, data: ', ignore: [at]', ignored: ['at'] },
    {
      model: 'narrow',
      title: ', 15 columns ignored',
      data: `, ignore: [at, ${narrow.join(', ')}]`,
      ignored: ['at', ...narrow],
      peer: true,
      rows: LARGEST,
    },
    {
      model: 'watermark',
      title: ', the newest 100,000 rows are new',
      data: ', time: at',
      ignored: [],
      peer: false,
      rows: LARGEST,
    },
  ],
  async reference(folder) {
    // Its newest row is as old as the last but one row group of the largest measurement.
    const until = START + (LARGEST - ROWS_A_GROUP - 1) * STEP
    writeParquet(join(folder, 'reference.parquet'), REFERENCE_ROWS, 1, {
      labelled: true,
      timeOf: (row) => until - (REFERENCE_ROWS - 1 - row) * STEP,
    })
    return 'reference.parquet'
  },
  async current(folder, rows) {
    const files: string[] = []
    for (let first = 0; first < rows; first += ROWS_A_FILE) {
      const name = `new-${String(files.length).padStart(3, '0')}.parquet`
      writeParquet(join(folder, name), Math.min(ROWS_A_FILE, rows - first), 2 + files.length, {
        labelled: false,
        timeOf: (row) => START + (first + row) * STEP,
      })
      files.push(name)
    }
    return files
  },
}

interface Written {
  readonly labelled: boolean
  timeOf(row: number): number
}

function writeParquet(path: string, rows: number, seed: number, { labelled, timeOf }: Written): void {
  const random = createRandom(seed)
  const columns = Array.from({ length: NUMBERS + CATEGORIES }, (_, i) => parquetColumn(i, rows, random))
  const signal = columns[0]?.data as readonly number[]
  const label = Array.from(signal, (x) => (labelled ? (x + 12 * random.normal() > 40 ? 'yes' : 'no') : null))
  const at = Array.from({ length: rows }, (_, row) => new Date(timeOf(row)))
  parquetWrite({
    writer: fileWriter(path),
    columnData: [
      ...columns,
      { name: 'at', data: at, type: 'TIMESTAMP', nullable: false },
      { name: 'label', data: label, type: 'STRING', nullable: true },
    ],
    rowGroupSize: ROWS_A_GROUP,
  })
}

function parquetColumn(i: number, rows: number, random: Random) {
  const gone = (): boolean => i % 2 === 1 && random.next() < 0.02
  if (i < NUMBERS) {
    const draw = (): number => {
      const z = random.normal()
      return i % 4 === 0 ? Math.round(40 + 12 * z) : i % 4 === 1 ? Math.exp(4 + z) : 1000 + 300 * z
    }
    const data = Array.from({ length: rows }, () => (gone() ? null : draw()))
    return { name: `number_${i}`, data, type: 'DOUBLE' as const, nullable: true }
  }
  const size = [50, 2, 3, 5, 8, 12][i - NUMBERS] as number
  const values = Array.from({ length: size }, (_, value) => `value ${value}`)
  const data = Array.from({ length: rows }, () =>
    gone() ? null : (values[Math.floor(size * random.next() ** 1.5)] as string),
  )
  return { name: `category_${i - NUMBERS}`, data, type: 'STRING' as const, nullable: true }
}

const WIDE = 1000
/** Many columns of CSV. */
const wide: Shape = {
  format: 'CSV',
  columns: WIDE,
  rows: [10_000],
  source: 'data/*.csv',
  goal: { seconds: 5, megabytes: 500 },
  cases: [ALL],
  async reference(folder) {
    await writeWide(join(folder, 'reference.csv'), 4000, 1, true)
    return 'reference.csv'
  },
  async current(folder, rows) {
    await writeWide(join(folder, 'new.csv'), rows, 2, false)
    return ['new.csv']
  },
}

async function writeWide(path: string, rows: number, seed: number, labelled: boolean): Promise<void> {
  const random = createRandom(seed)
  const out = createWriteStream(path)
  out.write(`${[...Array.from({ length: WIDE }, (_, i) => `c${i}`), 'label'].join(',')}\n`)
  for (let row = 0; row < rows; row++) {
    const cells = Array.from({ length: WIDE }, (_, i) =>
      i % 5 === 4 ? `v${random.below(8)}` : random.normal().toFixed(4),
    )
    const label = labelled ? (Number(cells[0]) + random.normal() > 0 ? 'yes' : 'no') : ''
    if (!out.write(`${cells.join(',')},${label}\n`)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}

export const SHAPES: Readonly<Record<string, Shape>> = { csv, labelled, parquet, wide }

export const remove = (folder: string, names: readonly string[]): Promise<unknown> =>
  Promise.all(names.map((name) => rm(join(folder, name))))
