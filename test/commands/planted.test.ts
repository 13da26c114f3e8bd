import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { execute } from '../../src/commands/execute.ts'
import { parseConfig } from '../../src/config/load.ts'
import { silentLog } from '../../src/core/log.ts'
import { days, TriggerProject } from '../support/trigger-project.ts'

const GIVEN = ['Anna', 'Maria', 'Peter', 'Paul', 'Laura', 'Lukas', 'Sophie', 'Max', 'Julia', 'Thomas', 'James', 'Mary']
const FAMILY = ['Zqhuber', 'Zqmaier', 'Zqgruber', 'Zqwagner', 'Zqpichler', 'Zqsteiner', 'Zqbauer', 'Zqhofer']

/** Columns whose values must stay where they are, with a part of every value. What is odd comes late, so that it is told. */
const PLANTED: Readonly<Record<string, { readonly cell: (i: number) => string; readonly trace: RegExp }>> = {
  mail: { cell: (i) => `zq.${i % 300}@zqmail.example`, trace: /zqmail|zq\.\d/i },
  customer: { cell: (i) => `kunde${i % 200}@zqid.example`, trace: /zqid|kunde\d/i },
  last_name: { cell: (i) => FAMILY[i % 8] as string, trace: /Zq(huber|maier|gruber|wagner)/ },
  betreuer: { cell: (i) => `${GIVEN[i % 12] as string} ${FAMILY[i % 8] as string}`, trace: /(Anna|Paul|Max) Zq/ },
  phone: { cell: (i) => `+43 664 77${10_000 + (i % 400)}`, trace: /664 ?77/ },
  mobile: {
    cell: (i) => (i % 97 === 0 ? 'zqmobil' : String(66_477_000_000 + (i % 400) * 7)),
    trace: /66477\d{6}|6\.6477|zqmobil/,
  },
  ssn: { cell: (i) => `${100 + (i % 80)}-45-6789`, trace: /45-6789/ },
  source: { cell: (i) => (i % 97 === 0 ? 'zqhost' : `10.77.${i % 4}.${i % 80}`), trace: /10\.77\.|zqhost/ },
  secret: { cell: (i) => `ZQSECRET${i % 7}`, trace: /ZQSECRET/ },
  pin: { cell: (i) => (i % 50 === 0 ? 'zqpin' : String(777_000_000 + (i % 9))), trace: /777000|777,000|zqpin/ },
  only: { cell: () => 'ZQONLY', trace: /ZQONLY/ },
}
const NAMES = Object.keys(PLANTED)

const planted = (csv: string): string =>
  csv
    .trim()
    .split('\n')
    .map((line, i) => `${line},${(i === 0 ? NAMES : NAMES.map((name) => PLANTED[name]?.cell(i))).join(',')}`)
    .join('\n')

let world: TriggerProject | undefined
afterEach(() => world?.remove())

test('no value of a personal column, of an id or of an ignored one stands in a commit, a pull request, a page or a log', async () => {
  world = await TriggerProject.create(
    'train: {model: linear, epochs: 3}\ntriggers: {performance: false, drift: {min-rows: 50}, volume: false}',
    30,
  )
  const { root, forge } = world
  const log: string[] = []
  const keep = (text: string): void => void log.push(text)
  const retrain = async (): Promise<void> => {
    const plain = (world as TriggerProject).project()
    const data = 'time: t, id: customer, ignore: [secret, pin, only]'
    const configText = plain.configText.replace('time: t', data)
    const project = {
      ...plain,
      configText,
      config: parseConfig(configText, plain.configPath),
      log: { ...silentLog, debug: keep, info: keep, warn: keep, error: keep },
    }
    const work = { kind: 'refresh', model: 'm', manual: true, reason: 'a version' } as const
    const { models } = await execute(project, { work: [work], comment: undefined })
    expect(models[0]?.error).toBeUndefined()
  }
  world.write('data/january.csv', planted(days({ from: 0, to: 30, seed: 1 })))
  await retrain()
  const first = await forge.openPullRequest('refit/retrain/m')
  await forge.merge(first?.number as number)
  world.day = 50
  // Other people, with numbers that are broken and columns that have become something else.
  const february = planted(days({ from: 30, to: 50, seed: 2 })).replaceAll('Zqhuber', 'Zqwagner')
  world.write('data/february.csv', february.replaceAll('zqmail.example', 'zqmail.test'))
  await retrain()

  const git = (...args: string[]): string => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' })
  const places = new Map<string, string>([['the log', log.join('\n')]])
  for (const ref of git('for-each-ref', '--format=%(refname)').trim().split('\n')) {
    places.set(`the messages of ${ref}`, git('log', '--format=%B', ref))
    for (const path of git('ls-tree', '-r', '--name-only', ref).trim().split('\n'))
      places.set(`${ref}:${path}`, git('show', `${ref}:${path}`))
  }
  for (const request of [first, await forge.openPullRequest('refit/retrain/m')])
    places.set(`pull request ${request?.number}`, `${request?.title}\n${request?.body}`)
  for (const path of readdirSync(join(root, '.refit'), { recursive: true, encoding: 'utf8' }))
    if (/\.\w+$/.test(path)) places.set(path, readFileSync(join(root, '.refit', path), 'utf8'))

  const versions = [...places.keys()].filter((path) => /versions\/\d\/(profile|features|record)\.json$/.test(path))
  expect(new Set(versions.map((path) => path.slice(path.indexOf('models/'))))).toHaveLength(6)
  expect([...places.keys()].some((path) => path.endsWith('report.html'))).toBe(true)
  for (const [name, { trace }] of Object.entries(PLANTED)) {
    const shown = [...places].filter(([, text]) => trace.test(text)).map(([place]) => place)
    expect([name, shown]).toEqual([name, []])
  }
})
