import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { refit } from '../support/cli.ts'
import { git, makeRepository, writeFiles } from '../support/git.ts'

/** Rows without a time: a serial number, a feature and what follows from it. */
function rows(from: number, to: number): (readonly [number, string, string])[] {
  const random = createRandom(from + 1)
  return Array.from({ length: to - from }, (_, i) => {
    const usage = random.normal()
    return [from + i, usage.toFixed(3), random.next() < 1 / (1 + Math.exp(-3 * usage)) ? 'yes' : 'no'] as const
  })
}
const csv = (all: readonly (readonly unknown[])[]): string =>
  `id,usage,churned\n${all.map((row) => row.join(',')).join('\n')}\n`
const config = (data: string): string => `models:
  m:
    data: {${data}, label: churned, watermark: WATERMARK}
    train: {model: linear, epochs: 5}
    evaluate: {resamples: 100, min-holdout: 30}
    rollout: {target: none}
    triggers: {volume: {rows: 1000}}
`
interface Checked {
  readonly data: Record<string, unknown>
  readonly triggers: readonly { readonly trigger: string; readonly value: number; readonly status: string }[]
}
const NOW = ['--now', '2026-05-01T00:00:00Z']
async function train(folder: string, env = {}): Promise<void> {
  expect(await refit(folder, [...NOW, 'retrain'], env)).toMatchObject({ code: 0 })
  expect(await refit(folder, ['merge', '1'], env)).toMatchObject({ code: 0 })
}
async function check(folder: string, env = {}): Promise<Checked> {
  const run = await refit(folder, [...NOW, 'check', '--json'], env)
  expect(run.stderr).not.toMatch(/error/)
  return (JSON.parse(run.stdout) as { m: Checked }).m
}

describe('without a time', () => {
  test('rows above the largest id are new, wherever in which file they stand', async () => {
    const folder = makeRepository({
      '.github/refit.yml': config('source: data/*.csv').replace('WATERMARK', 'id'),
      'data/a.csv': csv(rows(0, 500)),
      'data/b.csv': csv(rows(500, 800)),
    })
    await train(folder)
    const manifest = JSON.parse(git(folder, ['show', 'main:models/m/manifest.json'])) as {
      training: { seenMark: number }
    }
    expect(manifest.training.seenMark).toBe(799)
    expect((await check(folder)).data).toMatchObject({ rowsNew: 0, rowsRead: 0, filesRead: 0, filesSkipped: 2 })
    // Rewritten in another order, with old rows between the new ones.
    writeFiles(folder, { 'data/b.csv': csv([...rows(800, 920), ...rows(500, 800)]) })
    expect((await check(folder)).data).toMatchObject({ rowsNew: 120, rowsRead: 420, filesRead: 1, filesSkipped: 1 })
  })

  test('partitions that are not above the mark are not opened', async () => {
    const plain = (from: number, to: number): string => csv(rows(from, to))
    const folder = makeRepository({
      '.github/refit.yml': config('source: data/**/*.csv').replace('WATERMARK', 'batch'),
      'data/batch=2026-01/a.csv': plain(0, 400),
      'data/batch=2026-02/a.csv': plain(400, 800),
    })
    await train(folder)
    writeFiles(folder, {
      'data/batch=2026-02/late.csv': 'no,header\nthat,"anybody could read\n',
      'data/batch=2026-03/a.csv': plain(800, 950),
    })
    const { data, triggers } = await check(folder)
    expect(data).toMatchObject({ rowsNew: 150, rowsRead: 150, filesRead: 1, filesSkipped: 3 })
    expect(triggers.find(({ trigger }) => trigger === 'volume')).toMatchObject({ value: 150, status: 'quiet' })
  })

  const url = process.env['REFIT_TEST_POSTGRES']
  test.skipIf(url === undefined)('a database is asked for rows above the largest id only', async () => {
    const table = `marks_${randomBytes(4).toString('hex')}`
    const client = new Client({ connectionString: url })
    await client.connect()
    onTestFinished(async () => {
      await client.query(`DROP TABLE ${table}`)
      await client.end()
    })
    const insert = async (all: readonly (readonly unknown[])[]): Promise<void> => {
      await client.query(
        `INSERT INTO ${table} SELECT * FROM json_to_recordset($1) AS r(id bigint, usage float8, churned text)`,
        [JSON.stringify(all.map(([id, usage, churned]) => ({ id, usage, churned })))],
      )
    }
    await client.query(`CREATE TABLE ${table} (id bigint, usage float8, churned text)`)
    await insert(rows(0, 800))
    const folder = makeRepository({
      '.github/refit.yml': config(`postgres: {url: '\${MARKS}', table: ${table}}`).replace('WATERMARK', 'id'),
    })
    const env = { MARKS: url as string }
    await train(folder, env)
    await insert(rows(800, 910))
    const { data, triggers } = await check(folder, env)
    expect(data).toMatchObject({ rowsNew: 110, rowsRead: 110, countedIn: 'database' })
    expect(triggers.find(({ trigger }) => trigger === 'volume')?.value).toBe(110)
  })
})
