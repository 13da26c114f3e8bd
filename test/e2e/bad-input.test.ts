import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { refit, type CliResult } from '../support/cli.ts'
import { CUSTOMER_CONFIG, customersCsv } from '../support/customers.ts'
import { git, makeRepository, temporaryFolder, writeFiles } from '../support/git.ts'

const JANUARY = customersCsv({ seed: 1, rows: 1200, month: '2026-01' })
const refs = (folder: string): string => git(folder, ['for-each-ref'])

/** One sentence that starts the error, a next step below it, exit code 1, no trace. */
function expectClear(run: CliResult, sentence: RegExp): void {
  expect(run.stderr).toMatch(sentence)
  expect(run.code).toBe(1)
  expect(run.stderr + run.stdout).not.toMatch(/\n\s+at \S+.*:\d+:\d+|node:internal|UnhandledPromise|TypeError/)
}

/** A repository with this data, on which `refit retrain` must fail without a trace in git. */
async function failsOn(
  files: Readonly<Record<string, string | Uint8Array>>,
  sentence: RegExp,
  config = CUSTOMER_CONFIG,
): Promise<CliResult> {
  const folder = makeRepository({ '.github/refit.yml': config, ...files })
  const before = refs(folder)
  const run = await refit(folder, ['retrain'])
  expectClear(run, sentence)
  expect(refs(folder)).toBe(before)
  return run
}

describe('the configuration', () => {
  test('missing: says where it was looked for and how to write one', async () => {
    const run = await refit(makeRepository({ 'README.md': 'x' }), ['check'])
    expectClear(run, /there is no configuration at \.github\/refit\.yml/)
    expect(run.stderr).toContain('refit init')
  })

  test('written without a label: says which columns there are to choose from', async () => {
    const folder = makeRepository({ 'data/a.csv': 'age,plan,churned\n1,a,yes\n' })
    const run = await refit(folder, ['init'])
    expectClear(run, /the label column is not known/)
    expect(run.stderr).toContain('Columns: age, plan, churned.')
  })

  test('mistyped: place and suggestion, for every mistake at once', async () => {
    const config = `${CUSTOMER_CONFIG}    triggers:\n      drift: {treshold: 0.3}\n    evalute: {}\n`
    const run = await failsOn({ 'data/a.csv': JANUARY }, /\.github\/refit\.yml:\d+:\d+ unknown key .*treshold/, config)
    expect(run.stderr).toMatch(/\.github\/refit\.yml:\d+:\d+ unknown key .*evalute.*evaluate/)
  })
})

describe('a metric that does not exist', () => {
  const config = (rest: string): string => `${CUSTOMER_CONFIG}${rest}`
  const files = { 'data/a.csv': JANUARY }

  test('for the task that the data turn out to have: place and names, before anything is trained', async () => {
    const run = await failsOn(
      files,
      /\.github\/refit\.yml:\d+:\d+ rmse is no metric of a binary task/,
      config('    evaluate: {metrics: [macro-f1]}\n    gates: [{metric: rmse, max: 3}]\n'),
    )
    expect(run.stderr).toMatch(/refit\.yml:\d+:\d+ macro-f1 is no metric of a binary task/)
    expect(run.stderr).toContain('balanced-accuracy')
  })

  test('is told by a check as well, before there is a model and with one', async () => {
    const folder = makeRepository({
      '.github/refit.yml': config('    gates: [{metric: rmse, max: 3}]\n'),
      ...files,
    })
    const sentence = /\.github\/refit\.yml:\d+:\d+ rmse is no metric of a binary task/
    expectClear(await refit(folder, ['check']), sentence)
    writeFiles(folder, { '.github/refit.yml': config('') })
    expect((await refit(folder, ['retrain'])).code).toBe(0)
    expect((await refit(folder, ['merge', '1'])).code).toBe(0)
    writeFiles(folder, { '.github/refit.yml': config('    gates: [{metric: rmse, max: 3}]\n') })
    expectClear(await refit(folder, ['check']), sentence)
  })

  test('of a class that the label does not have: a suggestion', async () => {
    const run = await failsOn(
      files,
      /refit\.yml:\d+:\d+ recall:bsic: the label has no class "bsic"; did you mean "basic"\?/,
      config('    gates: [{metric: "recall:bsic", min: 0.1}]\n').replace('churned', 'plan'),
    )
    expect(run.stderr).toMatch(/Classes: .*basic/)
  })

  test('of a column that the value formula misspells: a suggestion', () =>
    failsOn(
      files,
      /refit\.yml:\d+:\d+ the formula names "usge", which is no column of the data; did you mean "usage"\?/,
      config('    evaluate: {value: {formula: tp * usge - fp * 15}}\n'),
    ))
})

describe('the data', () => {
  test('a glob that matches nothing names it and what is there instead', async () => {
    const run = await failsOn({ 'data/2026-01.tsv': 'x' }, /no file matches data\/\*\.csv/)
    expect(run.stderr).toContain('2026-01.tsv')
  })

  test('an empty file', () => failsOn({ 'data/a.csv': '' }, /data\/a\.csv.*empty/))

  test('a label with one class', () =>
    failsOn({ 'data/a.csv': JANUARY.replaceAll(',yes\n', ',no\n') }, /churned.*one (class|value)|only/))

  test('a corrupt Parquet file', () =>
    failsOn(
      { 'data/a.parquet': Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(200, 7), Buffer.from('PAR1')]) },
      /data\/a\.parquet/,
      CUSTOMER_CONFIG.replace('*.csv', '*.parquet'),
    ))

  test('ragged rows are dropped and reported with the place of the first', async () => {
    const lines = JANUARY.split('\n')
    const folder = makeRepository({
      '.github/refit.yml': CUSTOMER_CONFIG,
      'data/a.csv': [...lines.slice(0, 10), 'one,two', ...lines.slice(10)].join('\n'),
    })
    const run = await refit(folder, ['retrain'])
    expect(run.code).toBe(0)
    const shown = await refit(folder, ['pr', '1'])
    expect(shown.stdout).toMatch(/fewer fields|fields/)
    expect(shown.stdout).toContain('data/a.csv:11')
  })
})

describe('with a champion', () => {
  let folder: string
  beforeAll(async () => {
    folder = makeRepository({ '.github/refit.yml': CUSTOMER_CONFIG, 'data/2026-01.csv': JANUARY })
    expect((await refit(folder, ['retrain'])).code).toBe(0)
    expect((await refit(folder, ['merge', '1'])).code).toBe(0)
  })
  const copy = (): string => {
    const target = temporaryFolder()
    git(target, ['clone', '-q', folder, '.'])
    return target
  }
  const commit = (at: string): void => void git(at, ['commit', '-qam', 'by hand'])

  test('a renamed column is guessed, a vanished one is named; nothing is trained', async () => {
    const at = copy()
    writeFiles(at, { 'data/2026-01.csv': JANUARY.replace('tickets', 'ticket_count') })
    expectClear(await refit(at, ['retrain']), /tickets.*ticket_count/)
    writeFiles(at, {
      'data/2026-01.csv': JANUARY.split('\n')
        .map((line) => line.split(',').toSpliced(3, 1).join(','))
        .join('\n'),
    })
    expectClear(await refit(at, ['retrain']), /tickets/)
  })

  test('a new column is told about, and stops nothing', async () => {
    const at = copy()
    const [header, ...rows] = JANUARY.trim().split('\n')
    writeFiles(at, { 'data/2026-01.csv': `${header},region\n${rows.map((row, i) => `${row},r${i % 3}`).join('\n')}\n` })
    const run = await refit(at, ['retrain', '--dry-run'])
    expect(run.code).toBe(0)
    expect(readFileSync(join(at, '.refit/churn/record.json'), 'utf8')).toMatch(/region.*new column|new column.*region/)
  })

  test('a manifest edited into nonsense: the place, what is wrong, and the next step', async () => {
    const at = copy()
    const path = join(at, 'models/churn/manifest.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"version": 1', '"version": "one"'))
    commit(at)
    expectClear(await refit(at, ['check']), /models\/churn\/manifest\.json:\d+:\d+/)
  })

  test('an artifact with a flipped byte is not loaded, and the file is named', async () => {
    const at = copy()
    const path = join(at, 'models/churn/versions/1/weights.bin')
    const bytes = readFileSync(path)
    bytes[17] = (bytes[17] as number) ^ 1
    writeFileSync(path, bytes)
    commit(at)
    expectClear(await refit(at, ['check']), /weights\.bin/)
  })

  test('a gateway port in use', async () => {
    const taken = createServer()
    await new Promise<void>((ready) => taken.listen(0, '127.0.0.1', () => ready()))
    const { port } = taken.address() as { port: number }
    const run = await refit(folder, ['serve', '--port', String(port)])
    taken.close()
    expectClear(run, new RegExp(`port ${port}`))
    expect(run.stderr).toContain('--port')
  })
})

test('outside of a git repository', async () => {
  const folder = temporaryFolder()
  writeFiles(folder, { '.github/refit.yml': CUSTOMER_CONFIG, 'data/a.csv': JANUARY })
  expectClear(await refit(folder, ['check']), /git/)
})

test('an unknown command and a nonsense option exit with 2 and point to the help', async () => {
  const folder = temporaryFolder()
  for (const args of [['chek'], ['check', '--modle', 'x']]) {
    const run = await refit(folder, args)
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(/--help|Did you mean/)
  }
})

describe('labels', () => {
  test('that only the newest rows have: told, counted, and never a silent pass', async () => {
    const label = (row: number): string => (row >= 560 && row % 3 === 0 ? 'new' : row % 2 === 0 ? 'hi' : 'lo')
    const lines = Array.from({ length: 600 }, (_, row) => {
      const time = new Date(Date.UTC(2026, 0, 1, row)).toISOString()
      return `${time},${(row % 2) + ((row * 7) % 10) / 10},${label(row)}`
    })
    const config = 'models:\n  tariff: {data: {source: data/*.csv, label: y, time: when}}\n'
    const folder = makeRepository({
      '.github/refit.yml': config,
      'data/a.csv': `when,x,y\n${lines.join('\n')}\n`,
    })
    const run = await refit(folder, ['retrain'])
    expect(run.stdout).toMatch(/draft\. .*held-out rows \(\d[\d.]* %\) have a class that no training row has \(“new”\)/)
  })

  test('of rows that are all alike: says that nothing is left to train on, and why', async () => {
    const lines = Array.from({ length: 300 }, (_, row) => `only,${row},${row % 2 === 0 ? 'yes' : 'no'}`)
    const config = 'models:\n  m: {data: {source: data/*.csv, label: y, id: who}}\n'
    const run = await failsOn(
      { 'data/a.csv': `who,x,y\n${lines.join('\n')}\n` },
      /no rows are left to train m on/,
      config,
    )
    expect(run.stderr).toMatch(/all 300 rows fall into the holdout[^]*Rows with the same who stay|hold out less/)
  })
})
