import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { runCli } from '../../src/commands/cli.ts'
import { EXIT_CODES } from '../../src/commands/exit-codes.ts'
import { runJsonSchema, type ModelJson } from '../../src/commands/run-json.ts'
import { makeRepository, writeFiles } from '../support/git.ts'
import { days, START, DAY } from '../support/trigger-project.ts'

const CONFIG = `models:
  m:
    data: {source: 'data/*.csv', label: y, time: t}
    train: {model: linear, epochs: 5}
    evaluate: {resamples: 100, min-holdout: 30}
    triggers: {performance: {min-rows: 50}, drift: {min-rows: 50}, volume: {rows: 300}}
`
const schema = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../schema/run.schema.json'), 'utf8')) as object
const validate = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true }).compile(schema)
let root = ''

beforeAll(async () => {
  root = makeRepository({ '.github/refit.yml': CONFIG, 'data/a.csv': days({ from: 0, to: 30, seed: 1 }) })
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
})

interface Printed {
  readonly code: number
  readonly json: Readonly<Record<string, ModelJson>>
}

async function refit(day: number, ...args: string[]): Promise<Printed> {
  let printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const now = new Date(START + day * DAY).toISOString()
  const code = await runCli(['node', 'refit', '-C', root, '--now', now, ...args], {})
  process.exitCode = 0
  return { code, json: (printed.startsWith('{') ? JSON.parse(printed) : {}) as Printed['json'] }
}
const check = (day: number, ...args: string[]): Promise<Printed> => refit(day, 'check', '--json', ...args)

/** A check of every kind: before the first version, quiet, fired, and one that cannot read the data. */
describe('check', () => {
  const seen: Printed[] = []

  test('before the first version: a training is due', async () => {
    const first = await check(30, '--exit-code')
    seen.push(first)
    expect(first).toMatchObject({
      code: 10,
      json: { m: { outcome: 'fired', fired: true, decision: { retrain: true } } },
    })
    const trained = await refit(30, 'retrain', '--json')
    seen.push(trained)
    const { m } = trained.json
    expect(m).toMatchObject({ outcome: 'proposed', 'candidate-version': 1, 'pull-request-number': 1, error: null })
    expect(m?.metrics['auc']).toBeGreaterThan(0.5)
    expect(await refit(30, 'merge', '1')).toMatchObject({ code: 0 })
  })

  test('with nothing new: quiet, and 0', async () => {
    const quiet = await check(31, '--exit-code')
    seen.push(quiet)
    expect(quiet).toMatchObject({
      code: 0,
      json: {
        m: { outcome: 'quiet', fired: false, reason: '', 'candidate-version': null, verdict: null, metrics: {} },
      },
    })
  })

  test('with many new rows: fired, and 10; without the option 0', async () => {
    writeFiles(root, { 'data/b.csv': days({ from: 30, to: 40, seed: 2 }) })
    const fired = await check(40, '--exit-code')
    seen.push(fired)
    expect(fired).toMatchObject({ code: 10, json: { m: { outcome: 'fired', fired: true, error: null } } })
    expect(fired.json['m']?.data?.rowsNew).toBe(400)
    expect((await check(40)).code).toBe(0)
  })

  test('with a trigger that could not be checked: not quiet, but 1; without the option 0', async () => {
    const broken = '    triggers: {performance: false, drift: false, volume: false, custom: {own: {command: "exit 7"}}}'
    writeFiles(root, { '.github/refit.yml': CONFIG.replace(/ {4}triggers: .*/, broken) })
    const unchecked = await check(40, '--exit-code')
    seen.push(unchecked)
    expect(unchecked).toMatchObject({ code: 1, json: { m: { outcome: 'quiet', fired: false, error: null } } })
    expect((await check(40)).code).toBe(0)
    writeFiles(root, { '.github/refit.yml': CONFIG })
  })

  test('with data that cannot be read: error, and 1, with the option and without', async () => {
    writeFiles(root, { 'data/c.csv': 't,a,b\n2026-02-11,1\n\u0000' })
    const failed = await check(40, '--exit-code')
    seen.push(failed)
    expect(failed).toMatchObject({ code: 1, json: { m: { outcome: 'error' } } })
    expect(failed.json['m']?.error).toEqual(expect.any(String))
    expect((await check(40)).code).toBe(1)
  })

  test('a command line that is not understood: 2', async () => {
    expect((await check(40, '--exit-cod')).code).toBe(2)
  })

  test('prints what the schema says, each time', () => {
    expect(seen).toHaveLength(6)
    for (const { json } of seen) {
      expect(() => runJsonSchema.parse(json)).not.toThrow()
      expect(validate(json) ? [] : validate.errors).toEqual([])
    }
    expect(seen.some(({ json }) => json['m']?.triggers.some(({ evidence }) => evidence.length > 0))).toBe(true)
    const wrong = { m: { ...seen[1]?.json['m'], fired: 'true' } }
    expect(validate(wrong)).toBe(false)
  })

  test('every code has its meaning on the page of the command line', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/reference/cli.md'), 'utf8')
    for (const [code, meaning] of EXIT_CODES)
      expect(page).toMatch(new RegExp(`\\| +${code} +\\| ${meaning.slice(0, 20)}`))
  })
})
