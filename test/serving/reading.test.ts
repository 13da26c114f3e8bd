import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { parseJson } from '../../src/core/json.ts'
import { createRandom } from '../../src/core/random.ts'
import { readTable } from '../../src/data/read.ts'
import { findColumn, isMissing, type ColumnKind } from '../../src/data/table.ts'
import { openLocalForge } from '../../src/forge/local/local-forge.ts'
import { stateBranch } from '../../src/registry/manifest.ts'
import { EFFECTIVE_PATH } from '../../src/rollout/state-store.ts'
import { startGateway, type Gateway } from '../../src/serving/gateway.ts'
import { readingsOf } from '../../src/features/reading.ts'
import { parseRequest, toTable } from '../../src/serving/request.ts'
import { dataConfig, folderWith } from '../data/support.ts'
import { makeRepository } from '../support/git.ts'
import { mergeVersion, versionOf, type Version } from './versions.ts'

/** Columns as people's files have them, each written in another way, and each telling something of the label. */
const COLUMNS = ['plain', 'german', 'dollars', 'share', 'plan', 'vip', 'zip', 'account', 'joined'] as const
type Name = (typeof COLUMNS)[number]
const FIRST_ACCOUNT = 1_524_831_183_200_260_000n

/** One row, drawn: what each column means, and how its files write it. */
function rowOf(random: ReturnType<typeof createRandom>): Readonly<Record<Name | 'churned', string>> {
  const score = random.next()
  const group = Math.floor(random.next() * 4)
  const at = new Date(Date.UTC(2025, 0, 1) + Math.floor(random.next() * 500 * 86_400_000))
  const logit = 4 * score - 2 + (group - 1.5) + (at.getUTCHours() < 12 ? 0.8 : -0.8)
  const german = Math.round(score * 900_000) / 100
  const [whole = '', cents = ''] = german.toFixed(2).split('.')
  return {
    plain: (score * 100).toFixed(2),
    german: Number(whole) >= 1000 ? `${whole.slice(0, -3)}.${whole.slice(-3)},${cents}` : `${whole},${cents}`,
    dollars: `$${(score * 5000 + 1000).toLocaleString('en-US', { maximumFractionDigits: 2, minimumFractionDigits: 2 })}`,
    share: `${(score * 100).toFixed(1)}%`,
    plan: ['basic', 'plus', 'none', 'NULL'][group] as string,
    vip: group < 2 ? 'True' : 'False',
    zip: `0${1000 + group}`,
    account: String(FIRST_ACCOUNT + BigInt(group)),
    joined: at.toISOString().slice(0, 16).replace('T', ' '),
    churned: random.next() < 1 / (1 + Math.exp(-logit)) ? 'yes' : 'no',
  }
}

const csvOf = (rows: readonly Readonly<Record<string, string>>[]): string => {
  const names = [...COLUMNS, 'churned']
  const cell = (text: string | undefined): string => `"${(text ?? '').replaceAll('"', '""')}"`
  return [names.join(';'), ...rows.map((row) => names.map((name) => cell(row[name])).join(';'))].join('\n')
}

/** Every spelling that a file may contain, by column; what a file cannot read is refused by the gateway. */
const NUMBERS = [
  ['0', '50', '50.0', '+50', '5e1', '050', '.5', '5.', ' 50 ', '\u00a050\u00a0', '\u202f50', '\t50', '-5', '\u22125'],
  ['1,234.5', '1,234,567', '1,234', "2'418", '2\u2019418', '1 234', '1\u00a0234', '1\u202f234', '2.720', '2.72'],
  ['657,26', '2.418,40', '0,5', '1.234.567', '$60.46', '-$5', '60.46 $', '$1,234.50', '€60', '60.5%', '60.5 %', '0%'],
  ['0x32', '1_000', 'Infinity', '-inf', '1e999', '1e300', '9007199254740991', '9007199254740993', '12a', '(5)', 'x'],
  ['true', 'False', '2024-05-06', '', ' ', '   ', '\u00a0'],
].flat()
const MISSING = [
  ['NA', 'N/A', 'n/a', '<NA>', '#N/A', 'NaN', 'nan', '-nan', 'NaT', 'null', 'NULL', 'None', 'none', '\\N', '?', '-'],
  ['--', '.', '\u2014', '#DIV/0!', 'unknown', 'kaputt', '-999', ' NA ', '\u00a0NA'],
].flat()
const TEXTS = [
  'basic',
  ' basic ',
  'Basic',
  'plus\u00a0',
  'none',
  '-',
  'never seen',
  'true',
  'True',
  'TRUE',
  ' true ',
  'FALSE',
]
const CODES = ['01001', '1001', '01001.0', ' 01002', '1', '0x3E9', String(FIRST_ACCOUNT), String(FIRST_ACCOUNT + 1n)]
const TIMES = [
  ['2025-05-06', '2025/05/06', '2025-05-06 02:30', '2025-05-06 14:30:15', '2025-05-06T02:30:15.123Z'],
  ['2025-05-06T02:30:00+02:00', '2025-05-06 02:30:00 -0530', '2025-05-06 02:30 UTC', ' 2025-05-06 02:30 '],
  ['06/05/2025', '2025-02-30', 'May 6, 2025', '1715000000', '1715000000000', '20250506', '12'],
].flat()
const SPELLINGS: Readonly<Record<Name, readonly string[]>> = {
  plain: [...NUMBERS, ...MISSING],
  german: [...NUMBERS, ...MISSING],
  dollars: [...NUMBERS, ...MISSING],
  share: [...NUMBERS, ...MISSING],
  plan: [...TEXTS, ...MISSING, ...NUMBERS],
  vip: [...TEXTS, ...MISSING, '1', '0', 'yes'],
  zip: [...CODES, ...MISSING],
  account: [...CODES, ...MISSING],
  joined: [...TIMES, ...MISSING],
}

const drawn = createRandom(11)
const training = Array.from({ length: 1200 }, () => rowOf(drawn))
const base = training[3] as Readonly<Record<Name, string>>
const settings = { label: 'churned', missing: { only: ['', 'NA', 'N/A', '\\N', 'null', 'kaputt', '-999'] } }

let version: Version
/** As a version of an earlier release: it does not say how its cells were read. */
let earlier: Version
let kinds: Readonly<Record<string, ColumnKind>>
let gateway: Gateway

beforeAll(async () => {
  const root = mkdtempSync(join(tmpdir(), 'refit-reading-'))
  try {
    writeFileSync(join(root, 'train.csv'), csvOf(training))
    const loaded = await readTable(dataConfig({ source: 'train.csv', ...settings }), root, { log: silentLog })
    kinds = Object.fromEntries(loaded.table.columns.map(({ name, kind }) => [name, kind]))
    version = await versionOf(1, loaded.table, { columns: COLUMNS, reading: loaded.reading })
    earlier = await versionOf(2, loaded.table, { columns: ['plain', 'plan', 'vip'] })
  } finally {
    rmSync(root, { recursive: true })
  }
})

beforeEach(async () => {
  const repository = makeRepository({ 'README.md': 'x\n' })
  const forge = await openLocalForge(repository, { clock: () => 0 })
  const commit = await mergeVersion(forge, version)
  const effective = {
    schemaVersion: 1,
    model: 'churn',
    environment: 'production',
    generation: 1,
    stable: { version: 1, digest: version.manifest.artifact.digest, commit },
    candidate: null,
    rolloutId: null,
    mode: 'stable',
    percent: 0,
    expiresAt: null,
  }
  const files = new Map([[EFFECTIVE_PATH, JSON.stringify(effective)]])
  await forge.commit({ branch: stateBranch('churn'), expected: undefined, base: null, message: 'tick', files })
  forge.close()
  const options = { host: '127.0.0.1', port: 0, pollMs: 0, clock: () => 0, log: silentLog, workspace: '.' }
  gateway = await startGateway({ repository, engine: 'wasm', ...options })
})

afterEach(async () => {
  await gateway.close()
})

type Cell = string | number | boolean | null
type Sent = Readonly<Record<Name, Cell>>

const DATATYPES = { string: 'BYTES', number: 'FP64', boolean: 'BOOL', object: 'BYTES' } as const

function bodyOf(rows: readonly Sent[]): string {
  const inputs = COLUMNS.map((name) => {
    const data = rows.map((row) => row[name])
    const typed = data.find((value) => value !== null)
    return { name, datatype: DATATYPES[typeof (typed ?? null) as keyof typeof DATATYPES], shape: [data.length], data }
  })
  return JSON.stringify({ inputs })
}

interface Answer {
  readonly status: number
  readonly probabilities: readonly number[]
  readonly error: string
}

async function ask(body: string): Promise<Answer> {
  const response = await fetch(`${gateway.url}/v2/models/churn/infer`, { method: 'POST', body })
  const { outputs, error } = (await response.json()) as { outputs?: { data: number[] }[]; error?: string }
  return { status: response.status, probabilities: outputs?.[0]?.data ?? [], error: error ?? '' }
}

/** What the model says of the rows of a file that is read as the training was. */
async function fromFile(content: string | Uint8Array, name: string) {
  const root = folderWith({ [name]: content })
  const { reading } = version.model.spec
  const styles = Object.fromEntries(COLUMNS.map((column) => [column, reading?.styles[column] ?? {}]))
  const options = { log: silentLog, requireLabel: false, kinds, styles }
  const read = await readTable(dataConfig({ source: name, ...settings }), root, options)
  return { table: read.table, probabilities: [...version.model.predict(read.table).scores] }
}

test('the columns of the training are what they ought to be', () => {
  expect(kinds).toMatchObject({
    plain: 'number',
    german: 'number',
    dollars: 'number',
    share: 'number',
    plan: 'category',
    vip: 'category',
    zip: 'category',
    account: 'category',
    joined: 'time',
  })
  expect(version.model.spec.inputs.map(({ column }) => column)).toEqual(COLUMNS)
  expect(version.model.spec.reading?.styles).toEqual({
    plain: { decimal: '.' },
    german: { decimal: ',' },
    dollars: { decimal: '.', unit: '$' },
    share: { decimal: '.', unit: '%' },
  })
})

describe.each(COLUMNS)('every spelling of a cell in %s', (name) => {
  const rows = SPELLINGS[name].map((cell) => ({ ...base, churned: 'no', [name]: cell }))

  test('is predicted by the gateway as from a file, row by row, or refused where a file reads nothing', async () => {
    const file = await fromFile(csvOf(rows), 'new.csv')
    const column = findColumn(file.table, name)
    const answers = await Promise.all(rows.map((row) => ask(bodyOf([row]))))
    const missing = await ask(bodyOf([{ ...base, [name]: null }]))
    const seen = answers.map(({ status, probabilities }, i) => [SPELLINGS[name][i], status, probabilities[0]])
    const isMeant = (cell: string): boolean =>
      kinds[name] === 'category' || ['', ...MISSING].some((text) => text.trim() === cell.trim())
    const wanted = file.probabilities.map((probability, i) => {
      const cell = SPELLINGS[name][i] as string
      // What a file counts as missing although it says something is refused, and nothing else is.
      const refused = column !== undefined && isMissing(column, i) && !isMeant(cell)
      return [cell, refused ? 400 : 200, refused ? undefined : probability]
    })
    expect(seen).toEqual(wanted)
    // What means "missing" is what null is.
    const blank = answers.filter((_, i) => ['', '  ', '\\N', 'NA', 'kaputt'].includes(SPELLINGS[name][i] as string))
    for (const answer of blank) expect(answer).toEqual(missing)
    expect(blank.length).toBeGreaterThan(2)
    if (kinds[name] === 'category') expect(answers.map(({ status }) => status)).not.toContain(400)
  })
})

test.each([
  ['plain', '0x32'],
  ['plain', '657,26'],
  ['german', '2.72'],
  ['dollars', '€60'],
  ['share', '0.6'],
  ['plain', 'true'],
  ['plain', '9007199254740993'],
  ['joined', '06/05/2025'],
  ['joined', '1715000000000'],
] as const)('%s: “%s” is refused, and the input and the row are named', async (name, cell) => {
  const answer = await ask(bodyOf([base, { ...base, [name]: cell }]))
  expect(answer.status).toBe(400)
  expect(answer.error).toMatch(new RegExp(`^the input "${name}", row 1: "${cell.replace('.', '\\.')}" is no `))
})

test('values of JSON’s own types are predicted as from JSON Lines', async () => {
  const sent: readonly Sent[] = [
    { ...base, plain: 50, german: 2418.4, dollars: 60.46, share: 60.5, vip: true, joined: base.joined },
    { ...base, plain: 1, german: 2720, dollars: 0, share: 0, vip: false },
    { ...base, plain: null, german: null, dollars: null, share: null, vip: null, plan: null },
    { ...base, plain: -999, german: -5, dollars: 1e-5, share: 100, vip: true },
  ]
  const lines = sent.map((row) => JSON.stringify({ ...row, churned: 'no' })).join('\n')
  const file = await fromFile(lines, 'new.jsonl')
  expect((await ask(bodyOf(sent))).probabilities).toEqual(file.probabilities)
  // And a number says what its text says.
  const asText = { ...base, plain: '50', german: '2.418,40', dollars: '$60.46', share: '60.5%', vip: 'True' }
  expect((await ask(bodyOf([asText]))).probabilities).toEqual([file.probabilities[0]])
  const body = bodyOf([sent[0] as Sent]).replaceAll('"data":[true]', '"data":[1]')
  expect((await ask(body)).probabilities).toEqual([file.probabilities[0]])
})

test('and as from Parquet', async () => {
  const at = new Date(Date.UTC(2025, 4, 6, 2, 30))
  const whole = FIRST_ACCOUNT + 1n
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'plain', data: [50, null], type: 'DOUBLE' },
      { name: 'german', data: [2418.4, 2720], type: 'DOUBLE' },
      { name: 'dollars', data: [60.46, 1], type: 'DOUBLE' },
      { name: 'share', data: [60.5, null], type: 'DOUBLE' },
      { name: 'plan', data: ['plus', null], type: 'STRING' },
      { name: 'vip', data: [true, false], type: 'BOOLEAN' },
      { name: 'zip', data: ['01002', '01003'], type: 'STRING' },
      { name: 'account', data: [whole, whole + 1n], type: 'INT64' },
      { name: 'joined', data: [at, at], type: 'TIMESTAMP' },
      { name: 'churned', data: ['no', 'no'], type: 'STRING' },
    ],
  })
  const file = await fromFile(new Uint8Array(buffer), 'new.parquet')
  // Digits of ids beyond 2^53 are kept, also where they come as numbers of JSON.
  const account = '"name":"account","datatype":"INT64","shape":[2],"data":'
  const sent = bodyOf([
    {
      ...base,
      plain: 50,
      german: 2418.4,
      dollars: 60.46,
      share: 60.5,
      plan: 'plus',
      vip: true,
      zip: '01002',
      joined: at.getTime(),
    },
    {
      ...base,
      plain: null,
      german: 2720,
      dollars: 1,
      share: null,
      plan: null,
      vip: false,
      zip: '01003',
      joined: at.getTime(),
    },
  ]).replace(/"name":"account".*?"data":\[.*?\]/, `${account}[${whole},${whole + 1n}]`)
  expect((await ask(sent)).probabilities).toEqual(file.probabilities)
})

test('a time without a zone is UTC on every machine', async () => {
  const utc = await ask(bodyOf([{ ...base, joined: '2025-05-06T14:30:00Z' }]))
  vi.stubEnv('TZ', 'America/New_York')
  try {
    expect(new Date(2025, 4, 6, 14, 30).toISOString()).toBe('2025-05-06T18:30:00.000Z')
    expect(await ask(bodyOf([{ ...base, joined: '2025-05-06 14:30' }]))).toEqual(utc)
    expect(await ask(bodyOf([{ ...base, joined: '2025-05-06 06:30' }]))).not.toEqual(utc)
  } finally {
    vi.unstubAllEnvs()
  }
})

test('a version of an earlier release takes for missing what that release did, and its own categories for none', () => {
  const scoreOf = (row: Sent): number => {
    const request = parseRequest(parseJson(bodyOf([row])))
    return earlier.model.predict(toTable(request, earlier.manifest, earlier.model.spec)).scores[0] as number
  }
  const missing = scoreOf({ ...base, plan: null })
  // An unknown category has the score of a missing one here: the list itself tells.
  expect([...(readingsOf(earlier.model.spec).get('plan')?.missing ?? [])]).toEqual(
    expect.arrayContaining(['', '?', 'NA', 'N/A', 'None']),
  )
  for (const text of ['NA', 'None', '?', ' ']) expect(scoreOf({ ...base, plan: text })).toBe(missing)
  for (const text of ['none', 'NULL']) expect(scoreOf({ ...base, plan: text })).not.toBe(missing)
  expect(scoreOf({ ...base, vip: 'True' })).toBe(scoreOf({ ...base, vip: 'true' }))
  // Such a version does not say how its numbers were written, and does not guess.
  expect(() => scoreOf({ ...base, plain: '2.418,40' })).toThrow('is no number as the training data write it')
})
