import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { sources } from '../../src/data/access.ts'
import { buildProfile } from '../../src/data/profile.ts'
import { createCounter } from '../../src/data/profile-count.ts'
import { readBatches, readTable, type Batch } from '../../src/data/read.ts'
import { inferSchema } from '../../src/data/schema/infer.ts'
import { createValidator, type Validator } from '../../src/data/schema/validate.ts'
import { withDatabase, withoutSecrets } from '../../src/data/sql/connect.ts'
import { countWith } from '../../src/data/sql/count.ts'
import { postgres } from '../../src/config/schema/data.ts'
import type { DataConfig, PostgresConfig } from '../../src/config/schema.ts'
import type { NumberStyle } from '../../src/data/readers/number-text.ts'
import type { ColumnCounts, Profile, ProfileCounts } from '../../src/data/types.ts'
import { createRandom } from '../../src/core/random.ts'
import { dataConfig, failure, folderWith, texts } from './support.ts'

const url = process.env['REFIT_TEST_POSTGRES']
if (url === undefined)
  console.log('skipped: the tests against PostgreSQL; .ci/postgres start <folder> prints the variable they need')

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1)
const COLUMNS = ['amount', 'visits', 'code', 'plan', 'active', 'seen', 'note'] as const

/** Texts that are no numbers, or none that a float8 holds. */
const ODD = ['n/a?', '1e999', '9007199254740995', '-4e-200', '\\N', '-', 'none', '#DIV/0!', 'n/a', '\u2003', '0x32']

/** Rows with everything that is awkward: missing in several spellings, NaN and ∞, large ids, blanks, booleans, quotes. */
function rows(n: number, seed: number): (string | null)[][] {
  const random = createRandom(seed)
  const plans = ['basic', ' plus ', 'pro', 'NA', '', "o'reilly; --", 'Ünïcode “x”', 'TRUE', null]
  return Array.from({ length: n }, (_, i) => {
    const pick = random.below(100)
    const at = new Date(START + i * 3_600_000 + 123).toISOString().replace('T', ' ').replace('Z', '')
    return [
      at,
      pick === 0
        ? null
        : pick === 1
          ? 'NaN'
          : pick === 2
            ? 'Infinity'
            : String(Math.exp(random.normal() * 2 + seed / 5)),
      pick === 3 ? null : pick === 4 ? '9007199254740995' : String(random.below(12 + seed)),
      pick === 5
        ? null
        : pick === 6
          ? ' 12.50 '
          : pick === 7
            ? (ODD[i % ODD.length] as string)
            : String(random.below(1000) / 8),
      plans[random.below(seed === 1 ? 5 : plans.length)] as string | null,
      pick === 8 ? null : random.below(3) === 0 ? 'true' : 'false',
      pick === 9 ? null : new Date(START - random.below(1000) * DAY + 7).toISOString(),
      `text ${random.below(400)}`,
      pick < 12 && i > n / 2 ? null : String(random.below(2)),
    ]
  })
}
const HEADER = ['event time', ...COLUMNS, 'Label']
const toCsv = (cells: readonly (readonly (string | null)[])[]): string =>
  [HEADER, ...cells]
    .map((row) => row.map((cell) => (cell === null ? '' : `"${cell.replaceAll('"', '""')}"`)).join(','))
    .join('\n')

describe.skipIf(url === undefined)('data in PostgreSQL', () => {
  const schema = `refit_${randomBytes(4).toString('hex')}`
  let client: Client
  const SETTINGS = { label: 'Label', time: 'event time' }
  const config = (more: Record<string, unknown> = {}, settings: Record<string, unknown> = {}): DataConfig =>
    dataConfig({
      source: [],
      postgres: { url: '${TEST_DB}', table: `${schema}.Events "2026"`, ...more },
      ...SETTINGS,
      ...settings,
    })
  const fill = async (cells: readonly (readonly (string | null)[])[]): Promise<void> => {
    await client.query(`TRUNCATE "${schema}"."Events ""2026"""`)
    for (let i = 0; i < cells.length; i += 500) {
      const part = cells.slice(i, i + 500)
      const holes = part.map((row, r) => `(${row.map((_, c) => `$${r * row.length + c + 1}`).join(',')})`)
      await client.query(`INSERT INTO "${schema}"."Events ""2026""" VALUES ${holes.join(',')}`, part.flat())
    }
  }

  beforeAll(async () => {
    vi.stubEnv('TEST_DB', url)
    client = new Client({ connectionString: url })
    await client.connect()
    await client.query("SET TIME ZONE 'UTC'")
    await client.query(`CREATE SCHEMA "${schema}"`)
    await client.query(
      `CREATE TABLE "${schema}"."Events ""2026""" ("event time" timestamp, amount float8, visits int8, code text, plan text, active boolean, seen timestamptz, note varchar, "Label" int)`,
    )
  })
  afterAll(async () => {
    await client.query(`DROP SCHEMA "${schema}" CASCADE`)
    await client.end()
    vi.unstubAllEnvs()
  })

  test('with a label in several spellings is an error that says in which rows', async () => {
    const query = `SELECT x, y FROM (VALUES (1, 'yes'), (2, 'no'), (3, 'Yes'), (4, NULL)) AS t(x, y) ORDER BY x`
    const settings = { label: 'y', time: undefined }
    const error = await failure(readTable(config({ table: undefined, query }, settings), '.', { log: silentLog }))
    expect(error.message).toBe(
      'the label "y" writes one class in several ways: "yes" (postgres:query:1) and "Yes" (postgres:query:3)',
    )
  })

  test('whose name is written in the decomposed form says so: a database knows no other', async () => {
    const query = 'SELECT 1 AS x, 2 AS "gru\u0308n"'
    const settings = { label: 'gr\u00fcn', time: undefined }
    const error = await failure(readTable(config({ table: undefined, query }, settings), '.', { log: silentLog }))
    expect(error.message).toMatch(/ is written in Unicode’s decomposed form: its marks are characters of their own$/)
    expect(error.hint).toContain('data.postgres.query')
  })

  test('is the same table as from a file with the same rows', async () => {
    const cells = rows(3000, 1)
    await fill(cells)
    const root = folderWith({ 'data.csv': toCsv(cells) })
    const fromFile = await readTable(dataConfig({ source: ['data.csv'], ...SETTINGS }), root, { log: silentLog })
    const fromSql = await readTable(config(), root, { log: silentLog })
    expect(fromSql.table.rows).toBe(fromFile.table.rows)
    expect(fromSql.table.columns.map(({ name, kind }) => [name, kind])).toEqual(
      fromFile.table.columns.map(({ name, kind }) => [name, kind]),
    )
    for (const name of HEADER) expect([name, texts(fromSql.table, name)]).toEqual([name, texts(fromFile.table, name)])
    expect(fromSql.report.window).toEqual(fromFile.report.window)
    expect(fromSql.report.files).toMatchObject([{ path: `postgres:${schema}.Events "2026"`, rows: 3000 }])
  })

  test('gives the same counts in the database as from a file, on all of the new rows', async () => {
    const before = rows(2000, 1)
    const now = rows(4000, 4)
    await fill(now)
    const root = folderWith({ 'before.csv': toCsv(before), 'now.csv': toCsv(now) })
    const reference = await readTable(dataConfig({ source: ['before.csv'], ...SETTINGS }), root, { log: silentLog })
    const plain = buildProfile(reference.table, undefined, [...COLUMNS, 'gone'])
    const profile: Profile = { ...plain, label: buildProfile(reference.table, undefined, ['Label']).columns[0] }
    expect(profile.columns.map((column) => column.kind)).toEqual([
      'number',
      'number',
      'number',
      'category',
      'category',
      'time',
      'category',
    ])
    const vanishing: Profile = {
      ...profile,
      columns: [...profile.columns, { ...(profile.columns[0] as Profile['columns'][number]), name: 'gone' }],
    }
    const after = START + 1000 * 3_600_000 + 123
    const options = { label: 'Label', known: ['event time'] }
    const pushed = await sources.countRows(vanishing, config(), { ...options, after })
    // As on servers that lack what PostgreSQL has.
    const request = { profile: vanishing, data: config(), postgres: config().postgres as PostgresConfig }
    const portable = await withDatabase(request.postgres, (database) =>
      countWith(database, 'portable', { ...request, options: { ...options, after } }),
    )
    expect(withoutMoments(portable)).toEqual(withoutMoments(pushed))
    expect(momentsOf(portable)).toEqual(momentsOf(pushed))
    const read = await countFile(vanishing, root, after, options)
    expect(pushed?.rows).toBe(2999)
    expect(withoutMoments(pushed)).toEqual(withoutMoments(read))
    expect(momentsOf(pushed)).toEqual(momentsOf(read))
    expect([...(pushed?.unread?.get('code')?.keys() ?? [])]).toEqual(expect.arrayContaining(['0x32', '1e999']))
    expect(pushed?.vanished).toEqual(['gone'])
    expect(pushed?.columns.find((column) => column.name === 'plan')?.unseen).toBeGreaterThan(0)
  })

  test('counts numbers in text only where SQL reads them as a file is read', async () => {
    const asked = async (values: readonly string[], settings: object = {}, styles?: Record<string, NumberStyle>) => {
      await client.query(`DROP TABLE IF EXISTS "${schema}".texts`)
      await client.query(`CREATE TABLE "${schema}".texts (t timestamp, x text, y int)`)
      for (const value of values)
        await client.query(`INSERT INTO "${schema}".texts VALUES (timestamp '2026-01-01', $1, 1)`, [value])
      const data = config({ table: `${schema}.texts` }, { time: 't', label: 'y', ...settings })
      const profile = buildProfile(
        { rows: 3, columns: [{ kind: 'number', name: 'x', values: Float64Array.of(1, 2, 3), integer: true }] },
        undefined,
        ['x'],
      )
      return sources.countRows(profile, data, { label: 'y', known: ['t'], after: 0, styles })
    }
    const counted = await asked(['1', ' 2.5 ', '\\N', '-', 'None', 'kaputt', 'kaputt'], {}, { x: {} })
    expect(counted?.columns[0]).toMatchObject({ missing: 5, mean: 1.75 })
    expect(counted?.unread).toEqual(new Map([['x', new Map([['kaputt', 2]])]]))
    // What a file reads and SQL does not is fetched.
    for (const text of ["2'418", '1,234.5', '\u22125', '1\u00a0234', '1e250', '1'.padEnd(70, '0').concat('.0')])
      expect([text, await asked(['1', text], {}, { x: {} })]).toEqual([text, undefined])
    // More different texts than are looked at: some of them may be numbers.
    expect(
      await asked(
        Array.from({ length: 101 }, (_, i) => `text ${i}`),
        {},
        { x: {} },
      ),
    ).toBeUndefined()
    expect(await asked(['2.720', '657'], {}, { x: { decimal: ',' } })).toBeUndefined()
    expect(await asked(['2.720', '657,26'])).toBeUndefined()
    expect(await asked(['5%', '7%'])).toBeUndefined()
    expect(await asked(['1', '2'], { decimal: ',' })).toBeUndefined()
    expect((await asked(['1', '2,5'], { missing: ['2,5'] }, { x: {} }))?.unread).toEqual(new Map())
    // In its own spelling only, as in a file.
    expect((await asked(['1', 'XX', 'xx', 'NONE'], { missing: 'XX' }, { x: {} }))?.unread).toEqual(
      new Map([['x', new Map([['xx', 1]])]]),
    )
  })

  test('keeps a column of numbers or times one, however many of its values are infinite', async () => {
    await client.query(
      `CREATE TABLE "${schema}".endless (t timestamp, f float8, n numeric, d date, ts timestamptz, word text, y int)`,
    )
    await client.query(
      `INSERT INTO "${schema}".endless SELECT timestamp '2026-01-01' + i * interval '1 hour',
        (CASE i % 4 WHEN 0 THEN 'Infinity' WHEN 1 THEN '-Infinity' WHEN 2 THEN 'NaN' ELSE i::text END)::float8,
        (CASE i % 4 WHEN 2 THEN 'NaN' ELSE i::text END)::numeric,
        (CASE i % 4 WHEN 0 THEN 'infinity' ELSE '2026-01-02' END)::date,
        (CASE i % 4 WHEN 0 THEN '-infinity' ELSE '2026-01-02' END)::timestamptz,
        CASE i % 4 WHEN 0 THEN 'Infinity' ELSE 'word' END, i % 2 FROM generate_series(1, 400) AS i`,
    )
    const data = config({ table: `${schema}.endless` }, { time: 't', label: 'y' })
    const { table, report } = await readTable(data, '.', { log: silentLog })
    expect(table.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['t', 'time'],
      ['f', 'number'],
      ['n', 'number'],
      ['d', 'time'],
      ['ts', 'time'],
      ['word', 'category'],
      ['y', 'number'],
    ])
    expect(report.columns.map(({ missing }) => missing)).toEqual([0, 300, 100, 100, 100, 0, 0])
    expect(new Set(texts(table, 'word'))).toEqual(new Set(['word', 'Infinity']))
    const names = ['f', 'n', 'd', 'ts', 'word']
    const profile = buildProfile(table, undefined, names)
    const counts = await sources.countRows(profile, data, { label: 'y', known: ['t'], after: 0 })
    expect(counts?.columns.map(({ missing }) => missing)).toEqual(profile.columns.map(({ missing }) => missing))
  })

  test('keeps the digits of ids beyond 2^53, and tells them from numbers', async () => {
    await client.query(
      `CREATE TABLE "${schema}".ids (t timestamp, id numeric(20), x numeric(20), z numeric(20, 2), y int)`,
    )
    await client.query(
      `INSERT INTO "${schema}".ids SELECT timestamp '2026-01-01', 1524831183200260097 + i / 3, CASE WHEN i = 7 THEN 9007199254740993 ELSE i END, i + 0.25, i % 2 FROM generate_series(1, 300) AS i`,
    )
    const data = config({ table: `${schema}.ids` }, { time: 't', label: 'y' })
    const { table } = await readTable(data, '.', { log: silentLog })
    expect(table.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['t', 'time'],
      ['id', 'category'],
      ['x', 'number'],
      ['z', 'number'],
      ['y', 'number'],
    ])
    expect(new Set(texts(table, 'id')).size).toBe(101)
    expect(texts(table, 'id')).toContain('1524831183200260097')
    const profile = buildProfile(table, undefined, ['x', 'z'])
    const counts = await sources.countRows(profile, data, { label: 'y', known: ['t', 'id'], after: 0 })
    expect(counts?.columns.map(({ missing }) => missing)).toEqual([1, 0])
    expect(counts?.columns.map((column) => [...column.counts])).toEqual(profile.columns.map((column) => column.counts))
  })

  test('sends a few kilobytes for a hundred thousand rows', async () => {
    await client.query(
      `CREATE TABLE "${schema}".many AS SELECT timestamp '2026-01-01' + i * interval '1 second' AS t, sin(i) AS x, i % 7 AS k, (i % 2)::text AS y FROM generate_series(1, 100000) AS i`,
    )
    const many = config({ table: `${schema}.many` }, { time: 't', label: 'y' })
    const { table } = await readTable(many, '.', { log: silentLog })
    const profile = buildProfile(table, undefined, ['x', 'k'])
    const port = await countingProxy(url as string)
    vi.stubEnv('TEST_PROXY', port.url)
    const proxied = { ...many, postgres: postgres.parse({ url: '${TEST_PROXY}', table: `${schema}.many` }) }
    const counts = await sources.countRows(profile, proxied, { label: 'y', known: ['t'], after: 0 })
    expect(counts?.rows).toBe(100_000)
    expect(counts?.columns.map((column) => [...column.counts])).toEqual(profile.columns.map((column) => column.counts))
    expect(port.received()).toBeLessThan(20_000)
  })

  test('is held against a schema where it lies, and the same is found as in a file', async () => {
    const good = rows(600, 1).map((row) => row.with(5, row[5] === 'NA' || row[5] === '' ? 'basic' : (row[5] ?? 'pro')))
    const root = folderWith({ 'good.csv': toCsv(good) })
    const file = dataConfig({ source: ['good.csv'], ...SETTINGS })
    const { table, report } = await readTable(file, root, { log: silentLog })
    const schema = inferSchema(table, report, START + 600 * 3_600_000, 'binary')
    const bad = rows(800, 1).map((row, i) => [
      i % 100 === 0 ? '2030-01-01 00:00:00' : row[0],
      row[1] === null ? null : String(Number(row[1]) * 1000),
      i % 50 === 0 ? '1.5' : '7',
      row[3],
      i % 5 === 0 ? 'KÃ¶ln' : 'basic',
      ...row.slice(5, 8),
      i > 300 ? null : '1',
    ]) as (string | null)[][]
    // The third column of the table holds whole numbers.
    const stored = bad.map((row) => row.with(2, row[2] === '1.5' ? '8' : (row[2] as string)))
    await fill(stored)
    const now = START + 900 * 3_600_000
    const told = (add: (validator: Validator) => void): string[] => {
      const validator = createValidator({ schema, label: 'Label', time: 'event time', now, seenUntil: START })
      add(validator)
      return validator
        .findings()
        .map(({ severity, rule, sentence }) => `${severity} ${rule} ${sentence.replace(/, such as .*/, '')}`)
    }
    const counted = await sources.validateRows?.(schema, config(), { after: START + 1, now, rows: 800 })
    const inSql = told((validator) => counted && validator.addCounted(counted))
    const kinds = Object.fromEntries(table.columns.map(({ name, kind }) => [name, kind]))
    const again = folderWith({ 'bad.csv': toCsv(stored) })
    const batches: Batch[] = []
    const source = dataConfig({ source: ['bad.csv'], ...SETTINGS })
    for await (const batch of readBatches(source, again, { kinds, now })) batches.push(batch)
    const inFile = told((validator) => {
      for (const batch of batches) {
        const time = batch.table.columns.find((column) => column.name === 'event time')
        const values = time?.kind === 'time' ? time.values : new Float64Array()
        const fresh = [...values.keys()].filter((row) => (values[row] as number) > START + 1)
        validator.add(batch.table, fresh, batch.header, batch.strays)
      }
    })
    expect(inSql.length).toBeGreaterThan(5)
    // Rows of a table have no order.
    expect(inSql.toSorted()).toEqual(inFile.filter((line) => !line.startsWith('warn monotone')).toSorted())
  })

  test('with only the newest labelled rows, oldest first', async () => {
    await fill(rows(300, 2))
    const batches = []
    for await (const batch of readBatches(config(), '.', { columns: ['event time', 'Label'], newestLabelled: 10 }))
      batches.push(batch)
    const times = batches.flatMap((batch) => texts(batch.table, 'event time'))
    expect(times).toHaveLength(10)
    expect(times).toEqual(times.toSorted())
    expect(batches.flatMap((batch) => texts(batch.table, 'Label'))).not.toContain('')
  })

  test('leaves rows in the future of the clock out, and counts them apart', async () => {
    const cells = rows(300, 2).map((row, i) => (i % 100 === 5 ? row.with(0, `20${30 + i / 5}-01-01 00:00:00`) : row))
    await fill([...cells, (cells[6] as string[]).with(0, 'infinity')])
    const now = START + 200 * 3_600_000
    const { table } = await readTable(config(), '.', { log: silentLog, now, requireLabel: false })
    expect(table.rows).toBe(221)
    const profile = buildProfile(table, undefined, ['amount', 'plan'])
    const after = START + 100 * 3_600_000
    const counts = await sources.countRows(profile, config(), { label: 'Label', after, now })
    expect(counts).toMatchObject({ rows: 122, future: { rows: 80, first: '2026-01-10 08:00:00.123' } })
    expect(counts?.columns[0]?.rows).toBe(122)
    const unbounded = await sources.countRows(profile, config(), { label: 'Label', after })
    expect(unbounded?.rows).toBe(202)
    expect(unbounded).not.toHaveProperty('future')
    const batches = []
    const wanted = { columns: ['event time', 'Label'], newestLabelled: 10, now }
    for await (const batch of readBatches(config(), '.', wanted)) batches.push(batch)
    const times = batches.flatMap((batch) => texts(batch.table, 'event time'))
    expect(times).toHaveLength(10)
    expect(times.every((time) => Date.parse(time) <= now + 86_400_000)).toBe(true)
  })

  test.each([
    ['id', 40, 60],
    ['id', 100, 0],
    // By characters: b-50 … b-59 and b-6 … b-99 are above b-5, which itself was seen.
    ['key', 'b-5', 54],
    ['day', '2026-01-20', 24],
  ] as const)('with a watermark %s of %s has %d new rows, as many counted as read', async (watermark, above, rows) => {
    await client.query(
      `CREATE TABLE IF NOT EXISTS "${schema}".growing AS SELECT i AS id, 'b-' || i AS key, (date '2026-01-01' + i % 28)::text AS day, i % 7 AS x, i % 2 AS y FROM generate_series(1, 100) AS i`,
    )
    const growing = config({ table: `${schema}.growing` }, { time: undefined, watermark, label: 'y' })
    const { table } = await readTable(growing, '.', { log: silentLog })
    const profile = buildProfile(table, undefined, ['x'])
    expect(await sources.countRows(profile, growing, { after: undefined, above })).toMatchObject({ rows })
    let read = 0
    for await (const batch of readBatches(growing, '.', { columns: [watermark], above })) read += batch.table.rows
    expect(read).toBe(rows)
  })

  test('reads whole numbers as times of one format, and does not count them in the database', async () => {
    await client.query(
      `CREATE TABLE "${schema}".days AS SELECT 20260101 + i % 28 AS t, i AS x, i % 2 AS y FROM generate_series(1, 100) AS i`,
    )
    const whole = config({ table: `${schema}.days` }, { time: 't', label: 'y' })
    const { table, report } = await readTable(whole, '.', { log: silentLog, now: Date.UTC(2026, 5, 1) })
    expect(report.window).toEqual({ from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 28) })
    const profile = buildProfile(table, undefined, ['x'])
    expect(await sources.countRows(profile, whole, { after: START })).toBeUndefined()
    expect(await sources.countRows(profile, whole, { after: undefined, now: START })).toBeUndefined()
    expect(await sources.countRows(profile, whole, { after: undefined })).toMatchObject({ rows: 100 })
  })

  test('has another fingerprint when a row changes, and the same when it changes back', async () => {
    await fill(rows(50, 2))
    const print = (): Promise<string> => sources.fingerprint(config(), '.', [])
    const first = await print()
    await client.query(`UPDATE "${schema}"."Events ""2026""" SET visits = visits + 1 WHERE visits IS NOT NULL`)
    const second = await print()
    await client.query(`UPDATE "${schema}"."Events ""2026""" SET visits = visits - 1 WHERE visits IS NOT NULL`)
    expect(second).not.toBe(first)
    expect(await print()).toBe(first)
  })

  test('by a query; one that writes is refused by the server', async () => {
    const query = `SELECT t, x, y FROM "${schema}".many ORDER BY t LIMIT 1000; `
    const data = config({ table: undefined, query }, { time: 't', label: 'y' })
    expect((await readTable(data, '.', { log: silentLog })).table.rows).toBe(1000)
    const harm = `SELECT 1 AS y) AS a; DROP SCHEMA "${schema}" CASCADE; SELECT * FROM (SELECT 1 AS y`
    const hostile = await failure(readTable(config({ table: undefined, query: harm }), '.', { log: silentLog }))
    expect(hostile.message).toContain('cannot insert multiple commands')
    const writing = `SELECT nextval('"${schema}".counter') AS y, now() AS "event time"`
    await client.query(`CREATE SEQUENCE "${schema}".counter`)
    const refused = await failure(
      readTable(config({ table: undefined, query: writing }, { label: 'y' }), '.', { log: silentLog }),
    )
    expect(refused.message).toMatch(/^data\.postgres\.query wants to write, and Refit only reads: /)
  })

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a table that is not there',
      { table: 'nowhere.events' },
      /^the database does not have what the table “nowhere\.events” asks for: relation "nowhere\.events" does not exist$/,
    ],
    [
      'a query with a mistake',
      { table: undefined, query: 'SELEC 1' },
      /^the database refuses data\.postgres\.query: syntax error/,
    ],
    [
      'a query that takes too long',
      { table: undefined, query: 'SELECT 1 AS y, now() AS "event time", pg_sleep(5)', timeout: '50ms' },
      /^the database did not answer within 50ms \(data\.postgres\.query\)$/,
    ],
  ])('%s is one sentence', async (_what, more, sentence) => {
    const error = await failure(readTable(config(more), '.', { log: silentLog }))
    expect(error.code).toBe('data')
    expect(error.message).toMatch(sentence)
  })

  test('with a wrong password says so, and neither message nor cause shows the connection string', async () => {
    const wrong = new URL(url as string)
    wrong.password = 'hunter2-hunter2'
    vi.stubEnv('TEST_WRONG', wrong.href)
    const error = await failure(readTable(config({ url: '${TEST_WRONG}' }), '.', { log: silentLog }))
    expect(error.message).toBe('the database refuses the login of ${TEST_WRONG}')
    expect(JSON.stringify([error.message, error.hint, error.cause ?? null, error.stack])).not.toContain('hunter2')
  })
})

describe('a database that is not there', () => {
  const data = dataConfig({ source: [], postgres: { url: '${TEST_DOWN}', table: 'events' }, time: 't', label: 'y' })
  const fails = () => failure(readTable(data, '.', { log: silentLog }))

  test('is one sentence without its address', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    vi.stubEnv('TEST_DOWN', `postgres://ana:hunter2@127.0.0.1:${port}/shop`)
    onTestFinished(() => void vi.unstubAllEnvs())
    const error = await fails()
    expect(error.message).toBe('the database of the table “events” cannot be reached (ECONNREFUSED)')
    expect(`${error.message}${error.hint}${error.stack}`).not.toContain('hunter2')
  })

  test('names the variable that is not set, or holds something else', async () => {
    expect(await fails()).toMatchObject({
      message: 'the environment variable TEST_DOWN (data.postgres.url) is not set',
      hint: expect.stringContaining('secrets.TEST_DOWN'),
    })
    vi.stubEnv('TEST_DOWN', 'mysql://ana:hunter2@db/shop')
    onTestFinished(() => void vi.unstubAllEnvs())
    const error = await fails()
    expect(error.message).toBe(
      'the environment variable TEST_DOWN (data.postgres.url) holds no PostgreSQL connection string',
    )
  })

  test('cannot be reached by a string that cannot be read, which nobody sees', async () => {
    vi.stubEnv('TEST_DOWN', 'postgres://ana:hunter2#/@db:port/shop')
    onTestFinished(() => void vi.unstubAllEnvs())
    const error = await fails()
    expect(error.message).toBe('the connection string in ${TEST_DOWN} cannot be read')
    expect(`${error.hint}${error.stack}${JSON.stringify(error.cause ?? null)}`).not.toContain('hunter2')
  })

  test('never shows a password that a message repeats', () => {
    const secret = 'postgres://ana:p%40ss-word@db/shop'
    expect(withoutSecrets(`no route to ${secret}, tried p@ss-word and p%40ss-word`, secret)).toBe(
      'no route to ***, tried *** and ***',
    )
  })

  test('cannot be written into the configuration', () => {
    const parsed = postgres.safeParse({ url: 'postgres://ana:secret@db/shop', table: 'events' })
    expect(parsed.error?.issues[0]?.message).toContain('must name an environment variable')
  })
})

/** To nine digits: sums in another order differ in the last ones. */
function momentsOf(counts: ProfileCounts | undefined): unknown {
  return counts?.columns.map(({ name, mean, below = Number.NaN, above = Number.NaN }) => [
    name,
    ...[mean, below, above].map((value) => (Number.isNaN(value) ? 'none' : value.toPrecision(9))),
  ])
}

function withoutMoments(counts: ProfileCounts | undefined): unknown {
  const strip = ({ mean: _m, below: _b, above: _a, ...rest }: ColumnCounts): object => ({
    ...rest,
    counts: [...rest.counts],
  })
  return counts && { ...counts, columns: counts.columns.map(strip), label: counts.label && strip(counts.label) }
}

async function countFile(profile: Profile, root: string, after: number, options: { label: string; known: string[] }) {
  const data = dataConfig({ source: ['now.csv'], label: 'Label', time: 'event time' })
  const counter = createCounter(profile, options)
  const unread = new Map<string, Map<string, number>>()
  const kinds = {
    ...Object.fromEntries(profile.columns.map(({ name, kind }) => [name, kind])),
    Label: profile.label?.kind ?? 'number',
    'event time': 'time' as const,
  }
  const columns = [...profile.columns.map(({ name }) => name), 'Label', 'event time']
  for await (const batch of readBatches(data, root, { columns, kinds })) {
    const time = batch.table.columns.find((column) => column.name === 'event time')
    const values = time?.kind === 'time' ? time.values : new Float64Array()
    const rowsAfter = [...values.keys()].filter((row) => (values[row] as number) > after)
    counter.add(batch.table, rowsAfter, batch.header)
    for (const [name, { rows: at = [], texts: what = [] }] of batch.strays ?? []) {
      // Of the others the database knows the type, and the schema has the word.
      if (name !== 'code') continue
      const seen = unread.get(name) ?? new Map<string, number>()
      unread.set(name, seen)
      at.forEach((row, i) => {
        const text = what[i] as string
        if (rowsAfter.includes(row)) seen.set(text, (seen.get(text) ?? 0) + 1)
      })
    }
  }
  return { ...counter.result(), unread }
}

/** A way to the database that counts the bytes which come back. */
async function countingProxy(target: string): Promise<{ url: string; received(): number }> {
  const { createConnection } = await import('node:net')
  const there = new URL(target)
  let bytes = 0
  const server = createServer((socket) => {
    const upstream = createConnection(Number(there.port), there.hostname)
    upstream.on('data', (chunk) => (bytes += chunk.length))
    socket.pipe(upstream).pipe(socket)
    for (const end of [socket, upstream]) end.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const here = new URL(target)
  here.port = String((server.address() as AddressInfo).port)
  here.hostname = '127.0.0.1'
  return { url: here.href, received: () => bytes }
}
