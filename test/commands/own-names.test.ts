import { afterEach, expect, test } from 'vitest'
import { days, TriggerProject } from '../support/trigger-project.ts'
import { createSink } from '../../src/data/readers/create-sink.ts'
import { jsonlReader } from '../../src/data/readers/jsonl.ts'
import { failure, folderWith, read } from '../data/support.ts'

const NAMES = ['constructor', 'toString', 'valueOf', 'hasOwnProperty']

/** The data of racing: a column that is called `constructor`, and values that are called as every object’s members are. */
const racing = (csv: string): string =>
  csv
    .trim()
    .split('\n')
    .map((line, i) => `${line},${i === 0 ? 'constructor,word' : `${'hfr'[i % 3]},${NAMES[i % 4]}`}`)
    .join('\n')

let world: TriggerProject | undefined
afterEach(() => world?.remove())

test('columns and values that are called as every object’s members are, are columns and values as any others', async () => {
  world = await TriggerProject.create(
    'train: {model: linear, epochs: 3}\ntriggers: {performance: false, drift: {min-rows: 50}, volume: false}',
    30,
  )
  world.write('data/january.csv', racing(days({ from: 0, to: 30, seed: 1 })))
  await world.promote()
  world.write('data/february.csv', racing(days({ from: 30, to: 50, seed: 2 })))
  world.day = 50
  const { findings, triggers } = await world.check()
  expect(findings).toEqual([])
  const drift = triggers.find(({ trigger }) => trigger === 'drift')
  expect(drift).toMatchObject({ status: 'quiet', value: 0 })
  const run = await world.refresh(true, 'a version')
  expect(run.error).toBeUndefined()
  expect(run.record?.data.columns).toContainEqual(
    expect.objectContaining({ name: 'constructor', kind: 'category', role: 'feature', distinct: 3 }),
  )
})

test('a record that lacks such a key has a missing value there', async () => {
  const lines = ['{"constructor": "fer", "y": 1}', '{"y": 0}', '{"constructor": "ham", "y": 1}']
  const root = folderWith({ 'a.jsonl': lines.join('\n') })
  const cursor = { file: 'a.jsonl', line: 1 }
  const sink = createSink('constructor', 'category', { cursor, missing: new Set(['']) })
  const reading = jsonlReader({ path: 'a.jsonl', root }).read(
    (name) => (name === 'constructor' ? sink : undefined),
    cursor,
  )
  while ((await reading.next()).done !== true);
  expect(sink.take()).toMatchObject({ codes: Int32Array.of(0, -1, 1), dictionary: ['fer', 'ham'] })
})

test.each([
  ['a.csv', '__proto__,y\n1,0\n2,1\n'],
  ['a.jsonl', '{"__proto__": 1, "y": 0}\n'],
])('%s: a column that no JSON file can hold is refused', async (path, content) => {
  expect((await failure(read({ [path]: content }))).message).toBe(
    `a column of ${path} is named "__proto__", which no JSON file of a model can hold`,
  )
})
