import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { asKind } from '../../src/data/schema/collect.ts'
import { diffLines, diffSchemas } from '../../src/data/schema/diff.ts'
import { adoptFindings, inferSchema, updateSchema } from '../../src/data/schema/infer.ts'
import { type DataSchema, formatSchema, parseSchema } from '../../src/data/schema/types.ts'
import { factorOf } from '../../src/data/schema/units.ts'
import { createValidator } from '../../src/data/schema/validate.ts'
import { takeRows } from '../../src/data/table.ts'
import type { LoadedData, QualityFinding } from '../../src/data/types.ts'
import { failure, read } from './support.ts'

const START = Date.UTC(2026, 0, 1)
const HOUR = 3_600_000
const N = 400

interface Row {
  t: string
  customer_id: string
  minutes: string
  plan: string
  city: string
  churned: string
}

function rows(seed: number, from = START): Row[] {
  const random = createRandom(seed)
  return Array.from({ length: N }, (_, i) => ({
    t: new Date(from + i * HOUR).toISOString().slice(0, 19),
    customer_id: `c${seed}-${i}`,
    minutes: (20 + 10 * random.next()).toFixed(2),
    plan: ['basic', 'plus', 'pro'][random.below(3)] as string,
    city: ['Wien', 'Köln', 'Zürich'][random.below(3)] as string,
    churned: random.below(4) === 0 ? 'yes' : 'no',
  }))
}

const SETTINGS = { label: 'churned', time: 't' }
const load = (all: readonly Row[]): Promise<LoadedData> => {
  const names = Object.keys(all[0] as Row) as (keyof Row)[]
  return read(
    { 'a.csv': [names.join(','), ...all.map((row) => names.map((name) => row[name]).join(','))].join('\n') },
    SETTINGS,
  )
}
const END = START + N * HOUR
const inferred = async (): Promise<DataSchema> => {
  const { table, report } = await load(rows(1))
  return inferSchema(table, report, END)
}
/** What a validator finds in the second batch of rows after they were changed. */
async function findings(
  change: (row: Row, i: number) => Partial<Row>,
  now = END + N * HOUR,
  schema?: DataSchema,
): Promise<QualityFinding[]> {
  const changed = rows(2, END).map((row, i) => ({ ...row, ...change(row, i) }))
  const { table } = await load(changed)
  const validator = createValidator({ schema: schema ?? (await inferred()), ...SETTINGS, now })
  // In two batches: the seam must not matter.
  validator.add(
    takeRows(
      table,
      Uint32Array.from({ length: 150 }, (_, i) => i),
    ),
  )
  validator.add(
    takeRows(
      table,
      Uint32Array.from({ length: table.rows - 150 }, (_, i) => 150 + i),
    ),
  )
  return validator.findings()
}
const sentences = async (...args: Parameters<typeof findings>): Promise<string[]> =>
  (await findings(...args)).map(({ severity, sentence }) => `${severity}: ${sentence}`)

describe('a schema', () => {
  test('is inferred with room for what is normal, and reads back as it was written', async () => {
    const schema = await inferred()
    expect(schema.columns['plan']).toMatchObject({ type: 'category', in: ['basic', 'plus', 'pro'], severity: 'warn' })
    expect(schema.columns['churned']).toMatchObject({ in: ['no', 'yes'], severity: 'stop' })
    expect(schema.columns['customer_id']).toMatchObject({ unique: true })
    expect(schema.columns['t']).toMatchObject({ type: 'time', monotone: true, 'freshness-hours': 40 })
    const { min, max } = schema.columns['minutes'] as { min: number; max: number }
    expect(min).toBeLessThan(20)
    expect(max).toBeGreaterThan(30)
    expect(parseSchema(formatSchema(schema), { file: 'schema.json' })).toEqual(schema)
  })

  test('has nothing to say of more of the same', async () => {
    expect(await sentences(() => ({}))).toEqual([])
  })

  test('that is broken by hand says where', async () => {
    const error = await failure(() =>
      parseSchema('{"schemaVersion": 1, "duplicates": {"max": 2, "severity": "warn"}, "columns": {}}', {
        file: 'models/m/schema.json',
      }),
    )
    expect(error.message).toMatch(/^the schema is not valid: duplicates\.max: /)
    expect(error.place).toEqual({ file: 'models/m/schema.json' })
  })
})

describe('new rows against the schema', () => {
  test.each<[string, (row: Row, i: number) => Partial<Row>, RegExp[]]>([
    [
      'a unit that changed',
      (row) => ({ minutes: String(Number(row.minutes) * 60) }),
      [
        /^warn: minutes: the values are about 60 times what they were: the middle half lies between 1,\d+ and 1,\d+, before between 2\d\.\d+ and 2\d\.\d+; has the unit changed\?$/,
      ],
    ],
    [
      'values out of range',
      (_row, i) => (i < 4 ? { minutes: String(900 + i) } : {}),
      [/^warn: minutes: 4 of 400 values \(1 %\) are above 31\.?\d*, such as “900”, “901”, “902”$/],
    ],
    [
      'an unknown category',
      (_row, i) => (i % 100 === 7 ? { plan: 'gold' } : {}),
      [/^warn: plan: 4 of 400 values \(1 %\) are not among the known values, such as “gold”$/],
    ],
    [
      'a label nobody knows',
      (_row, i) => (i === 9 ? { churned: 'maybe' } : {}),
      [/^stop: churned: 1 of 400 values \(0\.25 %\) are not among the known values, such as “maybe”$/],
    ],
    [
      'missing values',
      (_row, i) => (i % 4 === 0 ? { plan: '' } : {}),
      [/^warn: plan: 100 of 400 values \(25 %\) are missing; the schema allows 2 %$/],
    ],
    [
      'an id that repeats',
      (_row, i) => (i === 300 ? { customer_id: 'c2-0' } : {}),
      [/^warn: customer_id: 1 of 400 values \(0\.25 %\) repeat an earlier one, such as “c2-0”$/],
    ],
    ['a constant column', () => ({ plan: 'pro' }), [/^warn: plan: all of 400 values are “pro”; they used to vary$/]],
    [
      'damaged characters',
      (row) => (row.city === 'Köln' ? { city: 'KÃ¶ln' } : {}),
      [
        /not among the known values, such as “KÃ¶ln”$/,
        /^warn: city: \d+ of 400 values \(\d+ %\) have damaged characters, such as “KÃ¶ln”$/,
      ],
    ],
    [
      'a time of the future',
      (_row, i) => (i === 399 ? { t: '2031-01-01T00:00:00' } : {}),
      [
        /^warn: t: 1 of 400 values \(0\.25 %\) lie in the future \(it is 2026-02-03T08:00:00Z\), such as “2031-01-01T00:00:00\.000Z”$/,
      ],
    ],
    [
      'times that go back',
      (_row, i) => (i === 200 ? { t: '2026-01-20T00:30:00' } : {}),
      [/^warn: t: 1 of 400 values \(0\.25 %\) are older than the row before/],
    ],
    [
      'a column of another type',
      (_row, i) => ({ minutes: i % 2 === 0 ? 'many' : 'few' }),
      [/^warn: minutes: holds categories now; the schema says numbers$/],
    ],
  ])('%s', async (_what, change, expected) => {
    const found = await sentences(change)
    expect(expected.filter((pattern) => !found.some((sentence) => pattern.test(sentence)))).toEqual([])
    expect(found.length).toBeLessThanOrEqual(expected.length + 1)
  })

  test('duplicates', async () => {
    const [first] = rows(2, END)
    expect(await sentences((_row, i) => (i < 40 ? (first as Row) : {}))).toContainEqual(
      expect.stringMatching(/^warn: 39 of 400 rows \(9\.8 %\) repeat an earlier row; the schema allows 1 %$/),
    )
  })

  test('that are old', async () => {
    expect(await sentences(() => ({}), END + (N + 71) * HOUR)).toEqual([
      'warn: t: the newest is 3d old (2026-02-03T07:00:00Z); the schema allows 40h',
    ])
    const { columns } = await inferred()
    expect(columns['churned']?.['delay-hours']).toBe(40)
  })

  test('that stay away: no row at all is old data as well', async () => {
    const schema = await inferred()
    const validator = createValidator({ schema, ...SETTINGS, now: END + 100 * HOUR, seenUntil: END })
    expect(validator.findings().map(({ sentence }) => sentence)).toEqual([
      't: there are no new rows, and the newest is 4d 4h old (2026-01-17T16:00:00Z); the schema allows 40h',
    ])
  })

  test('whose labels are late: a warning, for those that are there are good', async () => {
    const { table } = await load(rows(2, END))
    const columns = table.columns.map((column) =>
      column.name === 'churned' && column.kind === 'category'
        ? { ...column, codes: column.codes.map((code, row) => (row < N - 100 ? code : -1)) }
        : column,
    )
    const validator = createValidator({ schema: await inferred(), ...SETTINGS, now: END + N * HOUR })
    validator.add({ ...table, columns })
    expect(validator.findings().map(({ severity, sentence }) => `${severity}: ${sentence}`)).toEqual([
      expect.stringMatching(
        /^warn: churned: the newest label belongs to a row of .*, 4d 5h ago; the schema allows 40h$/,
      ) as string,
    ])
  })

  test('whose values cannot be read are told from those that are missing', async () => {
    const { table } = await load(rows(2, END).map((row, i) => (i % 4 === 0 ? { ...row, minutes: '' } : row)))
    const validator = createValidator({ schema: await inferred(), ...SETTINGS, now: END + N * HOUR })
    validator.add(table, undefined, undefined, new Map([['minutes', { count: 70, example: 'about 20' }]]))
    expect(validator.findings().map(({ sentence }) => sentence)).toEqual([
      'minutes: 70 of 400 values (18 %) are no numbers and count as missing, such as “about 20”',
      'minutes: 30 of 400 values (7.5 %) are missing; the schema allows 2 %',
    ])
  })

  test('of a numeric label are held against its classes, as text or as numbers', async () => {
    const numbered = (all: readonly Row[]): Row[] =>
      all.map((row) => ({ ...row, churned: row.churned === 'yes' ? '1' : '0' }))
    const before = await load(numbered(rows(1)))
    const schema = inferSchema(before.table, before.report, END, 'binary')
    expect(schema.columns['churned']).toMatchObject({ type: 'category', in: ['0', '1'], severity: 'stop' })
    const { table } = await load(numbered(rows(2, END)).map((row, i) => (i < 8 ? { ...row, churned: '2' } : row)))
    const validator = createValidator({ schema, ...SETTINGS, now: END + N * HOUR })
    validator.add(table)
    expect(validator.findings().map(({ severity, sentence }) => `${severity}: ${sentence}`)).toEqual([
      'stop: churned: 8 of 400 values (2 %) are not among the known values, such as “2”',
    ])
  })

  test('a column that is gone', async () => {
    const { table } = await load(rows(2, END))
    const validator = createValidator({ schema: await inferred(), ...SETTINGS, now: END + N * HOUR })
    validator.add({ ...table, columns: table.columns.filter(({ name }) => name !== 'plan') })
    expect(validator.findings().map(({ sentence }) => sentence)).toEqual(['plan: the column is no longer in the data'])
  })
})

describe('a unit', () => {
  const values = (scale: number, shift = 0): number[] => {
    const random = createRandom(3)
    return Array.from({ length: 500 }, () => (10 + 5 * random.next()) * scale + shift)
  }
  test.each([[60], [100], [1000], [1 / 1000], [1 / 60]])('that changed by %d is known by its factor', (factor) => {
    expect(factorOf([11.2, 13.8], values(factor))).toBeDefined()
  })
  test.each([
    ['the same', values(1)],
    ['twice as much', values(2)],
    ['a shifted mean', values(1, 40)],
    ['too few', values(60).slice(0, 20)],
  ])('is not taken to have changed by %s', (_what, sample) => {
    expect(factorOf([11.2, 13.8], sample)).toBeUndefined()
  })
})

test('of rows that nearly all repeat another one can be read again', async () => {
  const twice = rows(1).slice(0, 40)
  const { table, report } = await load([...twice, ...twice, ...twice, ...twice])
  const schema = inferSchema(table, report, END)
  expect(schema.duplicates.max).toBe(1)
  expect(parseSchema(formatSchema(schema), { file: 'schema.json' })).toEqual(schema)
})

test('an update widens bounds, keeps what a person wrote, and is a readable diff', async () => {
  const schema = await inferred()
  const edited: DataSchema = {
    ...schema,
    columns: {
      ...schema.columns,
      minutes: { ...(schema.columns['minutes'] as DataSchema['columns'][string]), min: 0, severity: 'stop' },
    },
  }
  const changed = rows(2).map((row, i) => ({
    ...row,
    plan: i % 9 === 0 ? 'gold' : row.plan,
    minutes: i === 5 ? '77' : row.minutes,
  }))
  const { table, report } = await load(changed)
  const updated = updateSchema(edited, inferSchema(table, report, END))
  expect(updated.columns['minutes']).toMatchObject({ min: 0, severity: 'stop' })
  expect(updated.columns['minutes']?.max).toBeGreaterThanOrEqual(77)
  expect(updated.columns['plan']?.in).toEqual(['basic', 'gold', 'plus', 'pro'])
  const diff = diffLines(formatSchema(edited), formatSchema(updated))
  expect(
    diff
      .split('\n')
      .filter((line) => /^[+-]/.test(line))
      .map((line) => line.trim()),
  ).toEqual([expect.stringMatching(/^- +"max": 31/), expect.stringMatching(/^\+ +"max": \d+,/), '+         "gold",'])
  expect(diffLines('a\nb', 'a\nb')).toBe('')
})

test('classes that are numbers are judged as numbers only where a file would read them so', () => {
  const label = (...dictionary: string[]) =>
    asKind({ kind: 'category', name: 'y', codes: Int32Array.from(dictionary.keys()), dictionary }, 'number')
  expect(label('0', '1.5', '-2')).toMatchObject({ kind: 'number', values: Float64Array.of(0, 1.5, -2) })
  for (const text of ['0x1', '', 'Infinity', '9007199254740993']) expect(label('0', text).kind).toBe('category')
})

describe('a version that was trained on what broke the schema', () => {
  const number: DataSchema['columns'][string] = {
    type: 'number',
    min: 0,
    max: 100,
    missing: { max: 0.02 },
    typical: [20, 40],
    severity: 'warn',
  }
  const schema = (columns: DataSchema['columns'], repeated = 0.01): DataSchema => ({
    schemaVersion: 1,
    duplicates: { max: repeated, severity: 'warn' },
    columns,
  })
  const before = schema({
    usage: { ...number, unique: true, integer: true, varies: true },
    plan: { type: 'category', in: ['basic', 'pro'], severity: 'warn' },
    gone: number,
  })
  const now = schema(
    {
      usage: { ...number, min: -5, max: 900, missing: { max: 0.3 }, typical: [300, 500] },
      plan: { type: 'category', in: ['pro', 'trial'], severity: 'warn' },
      fresh: number,
    },
    0.2,
  )
  const adopt = (...findings: { rule: string; column: string | undefined }[]): DataSchema['columns'] =>
    adoptFindings(before, now, findings).columns

  test.each<[string, Partial<DataSchema['columns'][string]>]>([
    ['min', { min: -5 }],
    ['max', { max: 900 }],
    ['missing', { missing: { max: 0.3 } }],
    ['unit', { min: -5, max: 900, typical: [300, 500] }],
    ['unique', { unique: undefined }],
    ['integer', { integer: undefined }],
    ['constant', { varies: undefined }],
    ['freshness', {}],
  ])('allows what the finding %s was about, and nothing else', (rule, change) => {
    expect(adopt({ rule, column: 'usage' })).toEqual({
      ...before.columns,
      usage: { ...before.columns['usage'], ...change },
    })
  })

  test('knows new values beside the old ones, takes over another type, and may repeat rows', () => {
    expect(adopt({ rule: 'in', column: 'plan' })['plan']).toMatchObject({ in: ['basic', 'pro', 'trial'] })
    const text = schema({ usage: { type: 'category', in: ['a'], severity: 'warn' } })
    expect(adoptFindings(before, text, [{ rule: 'type', column: 'usage' }]).columns['usage']).toEqual(
      text.columns['usage'],
    )
    // Where nothing is said of the type, it is a person's.
    expect(adoptFindings(before, text, [{ rule: 'max', column: 'usage' }]).columns['usage']?.type).toBe('number')
    expect(adoptFindings(before, now, [{ rule: 'duplicates', column: undefined }]).duplicates.max).toBe(0.2)
  })

  test('adds a column that came and removes one that went; one that a person took out stays out', () => {
    expect(adopt()).toEqual(before.columns)
    expect(Object.keys(adopt({ rule: 'added', column: 'fresh' }))).toEqual(['usage', 'plan', 'gone', 'fresh'])
    expect(Object.keys(adopt({ rule: 'vanished', column: 'gone' }))).toEqual(['usage', 'plan'])
    expect(Object.keys(adopt({ rule: 'max', column: 'fresh' }))).toEqual(['usage', 'plan', 'gone'])
  })

  test('shows the change column by column', () => {
    const after = adoptFindings(before, now, [{ rule: 'max', column: 'usage' }])
    expect(diffSchemas(before, before)).toBe('')
    expect(diffSchemas(before, after)).toMatch(/"usage": \{[^]*\n- +"max": 100,\n\+ +"max": 900,/)
    expect(diffSchemas(before, after)).not.toContain('plan')
  })

  test('changes one line of the file where one rule changes, also of a schema that was just inferred', async () => {
    const text = formatSchema(await inferred())
    const committed = parseSchema(text, { file: 'schema.json' })
    const fresh = {
      ...committed,
      columns: { ...committed.columns, minutes: { ...committed.columns['minutes'], max: 1e6 } },
    }
    const after = formatSchema(adoptFindings(committed, fresh as DataSchema, [{ rule: 'max', column: 'minutes' }]))
    const [was, is] = [text, after].map((one) => one.split('\n'))
    expect(is?.filter((line, i) => line !== was?.[i])).toEqual([expect.stringMatching(/^ +"max": 1000000,$/)])
    expect(is).toHaveLength(was?.length as number)
  })
})
