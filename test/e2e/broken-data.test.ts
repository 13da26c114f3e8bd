import { beforeAll, describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { refit } from '../support/cli.ts'
import { makeRepository, writeFiles } from '../support/git.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1)
interface Row {
  t: string
  id: string
  a: string
  minutes: string
  plan: string
  y: string
}
function rows(seed: number, from: number, days: number): Row[] {
  const random = createRandom(seed)
  return Array.from({ length: days * 40 }, (_, i) => {
    const a = random.normal()
    return {
      t: new Date(START + from * DAY + Math.floor((i * DAY) / 40)).toISOString().slice(0, 19),
      id: `c${seed}-${i}`,
      a: a.toFixed(4),
      minutes: (20 + 5 * random.normal()).toFixed(3),
      plan: ['basic', 'plus', 'pro', 'Köln'][random.below(4)] as string,
      y: random.next() < 1 / (1 + Math.exp(-2.5 * a)) ? '1' : '0',
    }
  })
}
const csv = (all: readonly Row[], names = ['t', 'id', 'a', 'minutes', 'plan', 'y'] as const): string =>
  `${[names.join(','), ...all.map((row) => names.map((name) => row[name]).join(','))].join('\n')}\n`
const CONFIG = `models:
  m:
    data: {source: data/*.csv, label: y, time: t, id: id}
    train: {model: linear, epochs: 5}
    evaluate: {resamples: 100, min-holdout: 30}
    rollout: {target: none}
    triggers: {schedule: {every: 5d}, performance: {min-rows: 50}, drift: {min-rows: 50, min-share: 0.01}, volume: {rows: 300}}
`
interface Checked {
  readonly findings: readonly { readonly rule: string; readonly severity: string; readonly sentence: string }[]
  readonly triggers: readonly { readonly trigger: string; readonly status: string; readonly sentence: string }[]
  readonly decision: { readonly sentence: string }
  readonly error: string | null
}
const NOW = ['--now', '2026-02-10T00:00:00Z']

describe('a broken file, through the command line', () => {
  let folder: string
  beforeAll(async () => {
    folder = makeRepository({ '.github/refit.yml': CONFIG, 'data/january.csv': csv(rows(1, 0, 30)) })
    expect((await refit(folder, ['--now', '2026-01-31T00:00:00Z', 'retrain'])).code).toBe(0)
    expect((await refit(folder, ['merge', '1'])).code).toBe(0)
  })
  async function check(february: string | Uint8Array): Promise<Checked & { code: number; stderr: string }> {
    writeFiles(folder, { 'data/february.csv': february })
    const { code, stdout, stderr } = await refit(folder, [...NOW, 'check', '--json'])
    expect(stderr).not.toMatch(/\n\s+at \S+:\d+/)
    return { ...(JSON.parse(stdout) as { m: Checked }).m, code, stderr }
  }
  const good = (): Row[] => rows(2, 30, 10)
  const each = (change: (row: Row, i: number) => Partial<Row>): string =>
    csv(good().map((row, i) => ({ ...row, ...change(row, i) })))

  test.each<[string, string, string[]]>([
    ['nothing is wrong', each(() => ({})), []],
    [
      'a unit that changed',
      each(({ minutes }) => ({ minutes: String(Number(minutes) * 100) })),
      ['unit minutes: the values are about 100 times what they were'],
    ],
    [
      'rows twice',
      csv([...good(), ...good().slice(0, 200)].sort((a, b) => (a.t < b.t ? -1 : 1))),
      ['unique id: 200 of 600 values (33 %) repeat', 'duplicates 200 of 600 rows (33 %) repeat an earlier row'],
    ],
    [
      'times to come',
      each((_row, i) => (i > 379 ? { t: '2027-05-01T00:00:00' } : {})),
      ['future t: 20 of 400 values (5 %) lie in the future (it is 2026-02-10T00:00:00Z), such as'],
    ],
    [
      'rows that come late',
      csv([...rows(9, 10, 2), ...good()]),
      ['late t: 80 rows of data/february.csv came late: no newer than 2026-01-30T23:24:00Z'],
    ],
    [
      'labels that stay away',
      each((_row, i) => (i > 100 ? { y: '' } : {})),
      ['delay y: the newest label belongs to a row of 2026-02-02T12:00:00Z, 7d 12h ago'],
    ],
    [
      'a constant',
      each(() => ({ minutes: '20' })),
      ['constant minutes: all of 400 values are “20”; they used to vary'],
    ],
    ['damaged characters', each(({ plan }) => ({ plan: plan.replace('ö', 'Ã¶') })), ['in plan: ', 'encoding plan: ']],
    [
      'texts among numbers',
      each(({ minutes }) => ({ minutes: `about ${minutes}` })),
      ['unread minutes: 400 of 400 values (100 %) are no numbers and count as missing, most often “about '],
    ],
    [
      'infinite values',
      each((_row, i) => (i % 10 === 0 ? { minutes: 'Infinity' } : {})),
      ['unread minutes: 40 of 400 values (10 %) are no numbers and count as missing, all of them “Infinity”'],
    ],
    [
      'nothing but missing values',
      each(() => ({ minutes: '', plan: '' })),
      ['missing minutes: 400 of 400 values (100 %) are missing', 'missing plan: 400 of 400'],
    ],
    [
      'a class that nobody knows',
      each(({ y }, i) => ({ y: i % 8 === 0 ? '2' : y })),
      ['in y: 50 of 400 values (13 %) are not among the known values, such as “2”'],
    ],
    [
      'unseen categories',
      each((_row, i) => (i % 4 === 0 ? { plan: 'gold' } : {})),
      ['in plan: 100 of 400 values (25 %)'],
    ],
    [
      'rows with too few fields',
      each(() => ({})).replace(/,[01]\n(?=2026-02-0[12]T)/g, '\n'),
      ['dropped 80 of 400 rows (20 %) are left out: not as many fields as the header (5 instead of 6)'],
    ],
    ['a column that is gone', csv(good(), ['t', 'id', 'a', 'plan', 'y'] as never), ['vanished minutes: ']],
    ['no row at all', csv([]), ['freshness t: there are no new rows, and the newest is 10d old']],
    ['one row', csv(good().slice(0, 1)), ['freshness t: the newest is 10d old']],
  ])('%s', async (_what, february, expected) => {
    const { findings, triggers, error, code } = await check(february)
    expect([error, code]).toEqual([null, 0])
    const told = findings.map(({ rule, sentence }) => `${rule} ${sentence}`)
    expect(told.map((line, i) => line.slice(0, expected[i]?.length ?? line.length))).toEqual(expected)
    for (const { status, sentence } of triggers) {
      expect(status).not.toBe('unchecked')
      expect(sentence).not.toMatch(/NaN|undefined|\[object/)
    }
  })

  test.each<[string, string | Uint8Array, RegExp]>([
    [
      'two formats of time',
      each(({ t }, i) => (i % 2 === 0 ? {} : { t: `${t.slice(8, 10)}/${t.slice(5, 7)}/2026 10:00` })),
      /the time column "t" cannot be read in 200 of 400 new rows/,
    ],
    [
      'another encoding',
      Buffer.from(
        each(() => ({})),
        'latin1',
      ),
      /is not written in UTF-8/,
    ],
    ['a quote that is never closed', `${each(() => ({}))}"2026-02-10,1\n`, /quote/],
  ])('%s: what needs the data could not be checked, the others go on', async (_what, february, sentence) => {
    const { triggers, error, code, decision } = await check(february)
    expect(code).toBe(1)
    expect(error).toMatch(sentence)
    expect(Object.fromEntries(triggers.map(({ trigger, status }) => [trigger, status]))).toEqual({
      schedule: 'fired',
      performance: 'unchecked',
      drift: 'unchecked',
      volume: 'unchecked',
      manual: 'quiet',
    })
    expect(decision.sentence).toBe('schedule fired; performance, drift and volume could not be checked')
  })
})
