import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileWriter, parquetWrite } from 'hyparquet-writer'
import { createRandom, type Random } from '../../src/core/random.ts'
import { CATEGORIES, NUMBERS, writeData } from './data.ts'

/** The data of one measurement: what the version is trained on, and what has arrived since. */
export interface Shape {
  readonly title: string
  /** The glob of `data.source`. */
  readonly source: string
  readonly goal: { readonly seconds: number; readonly megabytes: number }
  /** Files of the labelled reference, relative to the folder. */
  reference(folder: string): Promise<readonly string[]>
  current(folder: string): Promise<readonly string[]>
}

const REFERENCE_ROWS = 20_000
const ROWS_A_FILE = 1_000_000

/** 20 columns of CSV. */
export function csvShape(rows: number): Shape {
  const write = async (folder: string, name: string, n: number, seed: number, labelled: boolean): Promise<string[]> => {
    await writeData(join(folder, name), n, seed, labelled)
    return [name]
  }
  return {
    title: `${rows.toLocaleString('en')} × 20 CSV`,
    source: 'data/*.csv',
    goal: { seconds: rows <= 100_000 ? 0.6 : Infinity, megabytes: 200 },
    reference: (folder) => write(folder, 'reference.csv', REFERENCE_ROWS, 1, true),
    current: (folder) => write(folder, 'new.csv', rows, 2, false),
  }
}

/** 20 columns and the label, in Parquet files of a million rows. */
export function parquetShape(rows: number): Shape {
  return {
    title: `${rows.toLocaleString('en')} × 20 Parquet`,
    source: 'data/*.parquet',
    goal: { seconds: Infinity, megabytes: 1000 },
    reference: async (folder) => [writeParquet(folder, 'reference.parquet', REFERENCE_ROWS, 1, true)],
    async current(folder) {
      const files: string[] = []
      for (let first = 0; first < rows; first += ROWS_A_FILE) {
        const name = `new-${String(files.length).padStart(3, '0')}.parquet`
        files.push(writeParquet(folder, name, Math.min(ROWS_A_FILE, rows - first), 2 + files.length, false))
      }
      return files
    },
  }
}

function writeParquet(folder: string, name: string, rows: number, seed: number, labelled: boolean): string {
  const random = createRandom(seed)
  const columns = Array.from({ length: NUMBERS + CATEGORIES }, (_, i) => parquetColumn(i, rows, random))
  const signal = columns[0]?.data as readonly number[]
  const label = Array.from(signal, (x) => (labelled ? (x + 12 * random.normal() > 40 ? 'yes' : 'no') : null))
  parquetWrite({
    writer: fileWriter(join(folder, name)),
    columnData: [...columns, { name: 'label', data: label, type: 'STRING', nullable: true }],
    rowGroupSize: 100_000,
  })
  return name
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

/** Many columns of CSV. */
export function wideShape(columns: number, rows: number): Shape {
  const write = async (folder: string, name: string, n: number, seed: number, labelled: boolean): Promise<string[]> => {
    const random = createRandom(seed)
    const out = createWriteStream(join(folder, name))
    out.write(`${[...Array.from({ length: columns }, (_, i) => `c${i}`), 'label'].join(',')}\n`)
    for (let row = 0; row < n; row++) {
      const cells = Array.from({ length: columns }, (_, i) =>
        i % 5 === 4 ? `v${random.below(8)}` : random.normal().toFixed(4),
      )
      const label = labelled ? (Number(cells[0]) + random.normal() > 0 ? 'yes' : 'no') : ''
      if (!out.write(`${cells.join(',')},${label}\n`)) await once(out, 'drain')
    }
    out.end()
    await once(out, 'finish')
    return [name]
  }
  return {
    title: `${rows.toLocaleString('en')} × ${columns.toLocaleString('en')} CSV`,
    source: 'data/*.csv',
    goal: { seconds: 5, megabytes: 500 },
    reference: (folder) => write(folder, 'reference.csv', 4000, 1, true),
    current: (folder) => write(folder, 'new.csv', rows, 2, false),
  }
}

export const remove = (folder: string, names: readonly string[]): Promise<unknown> =>
  Promise.all(names.map((name) => rm(join(folder, name))))
