import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { checkQuality } from '../../src/data/quality.ts'
import { readTable } from '../../src/data/read.ts'
import { inferTask } from '../../src/data/task.ts'
import { realTables } from '../support/cli.ts'
import { columnOf, dataConfig, reportOf } from './support.ts'

const folder = realTables()
const load = (source: string, label: string, settings: Record<string, unknown> = {}) =>
  readTable(dataConfig({ source, label, ...settings }), folder as string, { log: silentLog })

describe.skipIf(folder === undefined)('real tables', () => {
  test('Adult: question marks are missing values, and numbers are numbers', async () => {
    const data = await load('adult_train.csv', 'income')
    expect(data.table.rows).toBe(32_561)
    expect(['workclass', 'occupation', 'native-country'].map((name) => reportOf(data, name).missing)).toEqual([
      1836, 1843, 583,
    ])
    expect(data.report.columns.filter((column) => column.kind === 'number').map((column) => column.name)).toEqual([
      'age',
      'fnlwgt',
      'education-num',
      'capital-gain',
      'capital-loss',
      'hours-per-week',
    ])
    expect(inferTask(columnOf(data, 'income'), undefined)).toMatchObject({ task: 'binary', classes: ['<=50K', '>50K'] })
  })

  test('Telco: 11 blanks in a numeric column are reported, and the id is one', async () => {
    const data = await load('telco_churn.csv', 'Churn')
    expect(reportOf(data, 'TotalCharges')).toMatchObject({
      kind: 'number',
      missing: 11,
      notes: ['11 blanks in a numeric column'],
    })
    expect(reportOf(data, 'customerID').role).toBe('id')
    expect(
      checkQuality(data.table, data.report, { rows: {}, columns: {} }).map((finding) => finding.sentence),
    ).toContain('TotalCharges: 11 blanks in a numeric column')
  })

  test('Electricity: a label of 0 and 1 is binary', async () => {
    const data = await load('elec2.csv', 'class')
    expect(data.table.rows).toBe(45_312)
    expect(inferTask(columnOf(data, 'class'), undefined)).toMatchObject({ task: 'binary', classes: ['0', '1'] })
    expect(data.report.columns.every((column) => column.role === 'feature' || column.role === 'label')).toBe(true)
  })

  test('Bike: a regression, its row counter no feature, its days times', async () => {
    const data = await load('bike_hour.csv', 'cnt', { time: 'dteday' })
    expect(inferTask(columnOf(data, 'cnt'), undefined).task).toBe('regression')
    expect(reportOf(data, 'instant').role).toBe('index')
    expect(data.report.window).toEqual({ from: Date.UTC(2011, 0, 1), to: Date.UTC(2012, 11, 31) })
  })
})
