import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Papa from 'papaparse'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBusiness } from '../../../src/commands/demo/business.ts'
import { FILE_COLUMNS } from '../../../src/commands/demo/columns.ts'
import { exportedFiles, exportMonth } from '../../../src/commands/demo/export.ts'

const business = createBusiness({ seed: 3, start: Date.UTC(2026, 0, 1), months: 4, timeline: { minutes: 4 } })
type Row = Record<string, string>
const rowsOf = (text: string): Row[] => Papa.parse<Row>(text, { header: true, skipEmptyLines: true }).data

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'refit-demo-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))
const read = async (name: string): Promise<Row[]> => rowsOf(await readFile(join(root, 'data', name), 'utf8'))

describe('the export of the warehouse', () => {
  it('has one file a month, with every column, and nothing half-written', async () => {
    await exportMonth(business, 2, root)
    expect(await readdir(join(root, 'data'))).toEqual(['customers-2026-01.csv', 'customers-2026-02.csv'])
    const text = await readFile(join(root, 'data/customers-2026-02.csv'), 'utf8')
    expect(text.split('\n', 1)[0]).toBe(FILE_COLUMNS.join(','))
    expect(rowsOf(text)).toHaveLength(business.months[1]?.rows.length ?? 0)
  })

  it('learns the labels of a month one month late, by rewriting its file', async () => {
    expect(await exportMonth(business, 1, root)).toEqual(['data/customers-2026-01.csv'])
    expect((await read('customers-2026-01.csv')).every(({ churned }) => churned === '')).toBe(true)

    expect(await exportMonth(business, 2, root)).toEqual(['data/customers-2026-01.csv', 'data/customers-2026-02.csv'])
    const labels = (await read('customers-2026-01.csv')).map(({ churned }) => churned)
    expect(new Set(labels)).toEqual(new Set(['yes', 'no']))
    expect((await read('customers-2026-02.csv')).every(({ churned }) => churned === '')).toBe(true)
  })

  it('changes nothing but the labels of earlier months', () => {
    const before = rowsOf(exportedFiles(business, 2).get('data/customers-2026-02.csv') ?? '')
    const after = rowsOf(exportedFiles(business, 3).get('data/customers-2026-02.csv') ?? '')
    const withoutLabel = (rows: Row[]): Row[] => rows.map((row) => ({ ...row, churned: '' }))
    expect(withoutLabel(after)).toEqual(before)
  })

  it('does nothing the second time', async () => {
    await exportMonth(business, 3, root)
    expect(await exportMonth(business, 3, root)).toEqual([])
  })

  it('spells missing values as the systems behind it do', () => {
    const rows = rowsOf(exportedFiles(business, 2).get('data/customers-2026-01.csv') ?? '')
    const shareOf = (column: string, text: string): number =>
      rows.filter((row) => row[column] === text).length / rows.length
    expect(shareOf('monthly_usage', 'NA')).toBeGreaterThan(0.02)
    expect(shareOf('monthly_usage', '')).toBe(0)
    expect(shareOf('age', '')).toBeGreaterThan(0.01)
    expect(shareOf('gender', '')).toBeGreaterThan(0.005)
    expect(shareOf('late_payments', 'NA')).toBeGreaterThan(0.005)
    expect(shareOf('plan', '')).toBe(0)
  })

  it('has the usage in minutes from the migration on, in the history as well, and every other value as before', () => {
    const before = exportedFiles(business, 3)
    const after = exportedFiles(business, 4)
    for (const name of ['data/customers-2026-01.csv', 'data/customers-2026-02.csv']) {
      const hours = rowsOf(before.get(name) ?? '')
      const minutes = rowsOf(after.get(name) ?? '')
      hours.forEach((row, i) => {
        const { monthly_usage: usage = '', ...rest } = minutes[i] ?? {}
        const { monthly_usage: was = '', ...others } = row
        expect(rest).toEqual(others)
        expect(usage).toBe(was === 'NA' ? 'NA' : String(Math.round(Number(was) * 60)))
      })
    }
  })
})
