/**
 * Reading 100,000 × 20 CSV (about 14 MB) into typed columns: Refit's scanner beside udsv and papaparse, which hand out
 * rows of strings that are then converted. Each runs in a process of its own, five times; the median and the peak memory.
 *
 *     npm exec node bench/csv-readers.ts
 */
import { execFileSync } from 'node:child_process'
import { createReadStream, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createRandom } from '../src/core/random.ts'
import { dataObject } from '../src/config/schema/data.ts'
import { readBatches } from '../src/data/read.ts'

const ROWS = 100_000
const NUMBERS = 14
const RUNS = 5

const [reader, file] = process.argv.slice(2)
if (reader !== undefined && file !== undefined && existsSync(file)) await measure(reader, file)
else compare()

function compare(): void {
  const folder = mkdtempSync(join(tmpdir(), 'refit-bench-'))
  const path = join(folder, 'data.csv')
  writeFileSync(path, makeCsv())
  for (const name of ['refit', 'udsv', 'papaparse']) {
    const runs = Array.from({ length: RUNS }, () => {
      const out = execFileSync(process.execPath, [import.meta.filename, name, path], { encoding: 'utf8' })
      return JSON.parse(out) as { ms: number; megabytes: number; rows: number }
    }).sort((a, b) => a.ms - b.ms)
    const median = runs[Math.floor(RUNS / 2)]
    console.log(`${name.padEnd(10)} ${median?.ms} ms  ${median?.megabytes} MB  ${median?.rows} rows`)
  }
  rmSync(folder, { recursive: true })
}

function makeCsv(): string {
  const random = createRandom(1)
  const words = ['basic', 'plus', 'pro', 'enterprise', 'north', 'south', 'east', 'west']
  const lines = [Array.from({ length: 20 }, (_, i) => (i < NUMBERS ? `n${i}` : `c${i}`)).join(',')]
  for (let row = 0; row < ROWS; row++) {
    const cells = Array.from({ length: 20 }, (_, i) =>
      i >= NUMBERS
        ? words[random.below(i - NUMBERS + 3)]
        : i < 5
          ? random.below(1000)
          : (random.next() * 100).toFixed(5),
    )
    lines.push(cells.join(','))
  }
  return `${lines.join('\n')}\n`
}

async function measure(name: string, path: string): Promise<void> {
  const start = performance.now()
  const rows = name === 'refit' ? await withRefit(path) : await withLibrary(name, path)
  const ms = Math.round(performance.now() - start)
  console.log(JSON.stringify({ ms, megabytes: Math.round(process.resourceUsage().maxRSS / 1024), rows }))
}

async function withRefit(path: string): Promise<number> {
  const data = { ...dataObject.parse({ source: basename(path) }), label: 'c19' }
  let rows = 0
  for await (const batch of readBatches(data, dirname(path))) rows += batch.table.rows
  return rows
}

/** Rows of strings from a library, converted as Refit does: numbers to floats, texts to codes. */
async function withLibrary(name: string, path: string): Promise<number> {
  const columns = Array.from({ length: 20 }, () => new Float64Array(ROWS))
  const codes = Array.from({ length: 20 }, () => new Map<string, number>())
  let rows = 0
  const take = (cells: readonly string[]): void => {
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i] as string
      const values = columns[i] as Float64Array
      const known = codes[i] as Map<string, number>
      if (i < NUMBERS) values[rows] = Number(cell)
      else {
        const code = known.get(cell) ?? known.size
        known.set(cell, code)
        values[rows] = code
      }
    }
    rows++
  }
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 18 }) as AsyncIterable<string>
  if (name === 'udsv') {
    const { inferSchema, initParser } = await import('udsv')
    let parser: ReturnType<typeof initParser> | undefined
    for await (const chunk of stream) {
      parser ??= initParser(inferSchema(chunk))
      parser.chunk<string[]>(chunk, parser.stringArrs, take)
    }
    parser?.end()
  } else {
    const { default: Papa } = await import('papaparse')
    let rest = ''
    let header = true
    for await (const chunk of stream) {
      const text = rest + chunk
      const cut = text.lastIndexOf('\n') + 1
      rest = text.slice(cut)
      for (const row of Papa.parse<string[]>(text.slice(0, cut), {
        delimiter: ',',
        newline: '\n',
        skipEmptyLines: true,
      }).data) {
        if (header) header = false
        else take(row)
      }
    }
  }
  return rows
}
