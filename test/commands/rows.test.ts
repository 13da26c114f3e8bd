import { afterEach, expect, test } from 'vitest'
import { parseSchema } from '../../src/data/schema/types.ts'
import { createRandom } from '../../src/core/random.ts'
import { renderPullRequest } from '../../src/report/pull-request.ts'
import { DAY, START, TriggerProject } from '../support/trigger-project.ts'

const SETTINGS = 'train: {model: linear, epochs: 8}\ntriggers: {drift: false, performance: {min-rows: 50}}'

interface Shape {
  readonly words?: readonly [string, string]
  readonly plans?: readonly string[]
  readonly mail?: boolean
  readonly label?: (a: number) => string
}

/** Rows of some days: a time, a number, a plan, perhaps an address, and a label that follows from the number. */
function rows(from: number, to: number, seed: number, shape: Shape = {}): string {
  const { words = ['no', 'yes'], plans = ['basic', 'pro'], mail = false } = shape
  const random = createRandom(seed)
  const lines = Array.from({ length: (to - from) * 40 }, (_, i) => {
    const a = random.normal()
    const label = shape.label?.(a) ?? words[random.next() < 1 / (1 + Math.exp(-2.5 * a)) ? 1 : 0]
    const time = new Date(START + from * DAY + Math.floor((i * DAY) / 40)).toISOString().slice(0, 19)
    const plan = plans[random.below(plans.length)] as string
    return `${time},${a.toFixed(4)},${plan},${mail ? `person${i % 90}@example.com,` : ''}${label}`
  })
  return `t,a,plan,${mail ? 'contact,' : ''}y\n${lines.join('\n')}\n`
}

let world: TriggerProject
afterEach(() => world.remove())

async function trained(shape: Shape = {}, settings = SETTINGS): Promise<TriggerProject> {
  world = await TriggerProject.create(settings, 30)
  world.write('data/january.csv', rows(0, 30, 1, shape))
  await world.promote()
  world.day = 40
  return world
}

const committed = async (path: string): Promise<string> => {
  const head = (await world.forge.head('main')) as string
  return new TextDecoder().decode(await world.forge.readFile(head, path))
}

test('a check says that new labels are written otherwise than the classes of the champion, and a training stops', async () => {
  await trained()
  world.write('data/february.csv', rows(30, 40, 2, { words: ['No', 'Yes'] }))
  const { error } = await world.check()
  expect(error?.message).toMatch(
    /^the label "y" writes one class in several ways: "no" \(v1\) and "No" \(data\/february\.csv\)/,
  )
  const run = await world.refresh(true)
  expect(run).toMatchObject({ outcome: 'error' })
  expect(run.error?.message).toMatch(/"No" \(data\/february\.csv:2\) and "no" \(data\/january\.csv:2\)/)
})

test('a training stops where all labels are written otherwise than the champion knows them', async () => {
  await trained()
  world.write('data/january.csv', rows(0, 40, 1, { words: ['0', '1'] }))
  const run = await world.refresh(true)
  expect(run.error?.message).toMatch(/"no" \(v1\) and "0"/)
})

test('the schema goes with the version that was trained on what broke it, and the warning ends', async () => {
  await trained()
  const before = await committed('models/m/schema.json')
  world.write('data/february.csv', rows(30, 40, 2, { plans: ['basic', 'pro', 'trial'] }))
  expect((await world.check()).findings).toMatchObject([{ rule: 'in', column: 'plan' }])

  const run = await world.refresh(true, 'new plan')
  const { body } = renderPullRequest(run.record as NonNullable<typeof run.record>)
  expect(body).toContain('`models/m/schema.json` changes as well')
  expect(body).toMatch(/\n\+ +"trial"/)
  await world.forge.merge(run.pullRequest?.number as number)
  const [old, now] = [before, await committed('models/m/schema.json')].map((text) => parseSchema(text, { file: 's' }))
  expect(now?.columns['plan']).toEqual({ ...old?.columns['plan'], in: ['basic', 'pro', 'trial'] })
  // Nothing else has changed.
  expect({ ...now, columns: { ...now?.columns, plan: undefined } }).toEqual({
    ...old,
    columns: { ...old?.columns, plan: undefined },
  })

  world.day = 50
  world.write('data/march.csv', rows(40, 50, 3, { plans: ['basic', 'pro', 'trial'] }))
  expect((await world.check()).findings).toEqual([])
  const next = await world.refresh(true, 'more rows')
  expect(next.record?.schemaDiff).toBeUndefined()
})

test('personal data are told, and in no file that is committed', async () => {
  await trained({ mail: true })
  const record = await committed('models/m/versions/1/record.json')
  expect(record).toContain('contact looks like personal data and is no feature')
  for (const name of ['record.json', 'card.md', 'profile.json', 'features.json'])
    expect(await committed(`models/m/versions/1/${name}`)).not.toContain('@example.com')
  expect(await committed('models/m/schema.json')).not.toContain('@example.com')
  expect((await world.check()).notes).toContainEqual(expect.stringContaining('data.include: [contact]'))
})

test('the task that was inferred is said by the first check, by later ones, and on the first screen of the pull request', async () => {
  world = await TriggerProject.create(SETTINGS, 30)
  world.write('data/january.csv', rows(0, 30, 1, { label: (a) => String(Math.round(a * 8) + 40) }))
  const basis = expect.stringMatching(
    /^the task is regression, for the label y holds \d+ different whole numbers, more than 20; if they are classes, set task: multiclass$/,
  ) as string
  expect((await world.check()).notes).toEqual([basis])
  const run = await world.refresh(true)
  const { body } = renderPullRequest(run.record as NonNullable<typeof run.record>)
  expect(body.slice(0, 2000)).toContain('if they are classes, set task: multiclass')
  await world.forge.merge(run.pullRequest?.number as number)
  expect((await world.check()).notes).toEqual([basis])
  world.settings = `task: regression\n${SETTINGS}`
  expect((await world.check()).notes).toEqual([])
})

test('a champion of classes does not become one of a quantity because there is one number more', async () => {
  await trained({ label: (a) => String(Math.max(0, Math.min(9, Math.round(a * 2) + 5))) })
  world.write('data/february.csv', rows(30, 40, 2, { label: (a) => String(Math.round(a * 9) + 30) }))
  const run = await world.refresh(true)
  expect(run.error?.message).toMatch(/^m: the task is regression, for the label y holds \d+ .*; v1 is multiclass$/)
  expect(run.error?.hint).toContain('Set task: multiclass')
})
