import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RunRecord } from '../../src/report/run-record.ts'
import { realTables, refit } from '../support/cli.ts'
import { makeRepository } from '../support/git.ts'

const tables = realTables()

/** A repository with the named tables in data/ and this configuration. */
function repository(config: string, files: readonly string[]): string {
  return makeRepository({
    '.github/refit.yml': config,
    ...Object.fromEntries(files.map((file) => [`data/${file}`, readFileSync(join(tables as string, file))])),
  })
}

function record(folder: string, model: string): RunRecord {
  return JSON.parse(readFileSync(join(folder, `.refit/${model}/record.json`), 'utf8')) as RunRecord
}

const metric = (of: RunRecord, name: string): number =>
  of.evaluation.candidate.metrics.find((value) => value.metric === name)?.value ?? Number.NaN

describe.skipIf(tables === undefined)('real tables through refit retrain', () => {
  test('Adult, official split: as good as the best logistic models, with fairness by sex', async () => {
    const folder = repository(
      `models:
  income:
    data: {source: data/adult_train.csv, label: income, ignore: [fnlwgt], positive: '>50K'}
    evaluate:
      holdout: {files: data/adult_test.csv}
      slices: [race]
      fairness: {protected: [sex]}
`,
      ['adult_train.csv', 'adult_test.csv'],
    )
    const run = await refit(folder, ['retrain'])
    expect(run.stderr).not.toContain('error')
    expect(run.code).toBe(0)
    const seen = record(folder, 'income')
    expect(seen.evaluation.holdout.rows).toBe(16_281)
    expect(metric(seen, 'auc')).toBeGreaterThanOrEqual(0.905)
    expect(metric(seen, 'accuracy')).toBeGreaterThanOrEqual(0.852)
    expect(seen.data.columns.find((column) => column.name === 'workclass')?.missing).toBe(1836)
    const parity = seen.evaluation.fairness
      .find((result) => result.attribute === 'sex')
      ?.metrics.find((value) => value.metric === 'demographic-parity-difference')
    expect(parity?.candidate).toBeGreaterThan(0.12)
    expect(parity?.candidate).toBeLessThan(0.24)
    expect(seen.verdict.outcome).toBe('pass')
    const shown = await refit(folder, ['pr', '1'])
    expect(shown.stdout).toContain('demographic parity')
  })

  test('Telco: the loop runs, the id is no feature, and the 11 blanks in TotalCharges are reported', async () => {
    const folder = repository('models:\n  churn:\n    data: data/telco_churn.csv\n    label: Churn\n', [
      'telco_churn.csv',
    ])
    const run = await refit(folder, ['retrain'])
    expect(run.code).toBe(0)
    const seen = record(folder, 'churn')
    expect(metric(seen, 'auc')).toBeGreaterThan(0.82)
    expect(seen.data.columns.find((column) => column.name === 'customerID')?.role).toBe('id')
    const charges = seen.data.columns.find((column) => column.name === 'TotalCharges')
    expect(charges).toMatchObject({ kind: 'number', missing: 11 })
    expect(charges?.notes.join(' ')).toMatch(/11 blank/)
  })

  test('Bike: regression runs, and casual + registered = cnt is reported as a leak', async () => {
    const folder = repository('models:\n  bikes:\n    data: {source: data/bike_hour.csv, label: cnt, time: dteday}\n', [
      'bike_hour.csv',
    ])
    const run = await refit(folder, ['retrain'])
    expect(run.code).toBe(0)
    const seen = record(folder, 'bikes')
    expect(seen.task).toBe('regression')
    const sentences = [...seen.quality.map((finding) => finding.sentence), ...seen.evaluation.warnings].join('\n')
    expect(sentences).toMatch(/casual/)
    expect(sentences).toMatch(/registered/)
  })
})
