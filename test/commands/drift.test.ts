import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkModel } from '../../src/commands/check.ts'
import { execute } from '../../src/commands/execute.ts'
import type { Project } from '../../src/commands/project.ts'
import { parseConfig } from '../../src/config/load.ts'
import { silentLog } from '../../src/core/log.ts'
import { createRandom, type Random } from '../../src/core/random.ts'
import { formatProfile } from '../../src/data/profile-schema.ts'
import { openLocalForge } from '../../src/forge/local/local-forge.ts'
import type { TriggerResult } from '../../src/triggers/types.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1)
const TRAINED_DAYS = 30
const NEW_DAYS = 10
const ROWS_A_DAY = 50

interface Row {
  readonly a: number
  readonly b: number
  readonly noise: number
  readonly plan: string
}

/** a and b go together; the label follows a; noise and plan do not matter. */
function usual(random: Random): Row {
  const a = random.normal()
  return { a, b: 0.9 * a + 0.44 * random.normal(), noise: random.normal(), plan: random.next() < 0.5 ? 'x' : 'y' }
}
/** Every column as before on its own, but b now falls where a rises. */
const turned = (random: Random): Row => {
  const row = usual(random)
  return { ...row, b: -0.9 * row.a + 0.44 * random.normal() }
}

const csv = (from: number, days: number, seed: number, draw: (random: Random) => Row): string => {
  const random = createRandom(seed)
  const lines = Array.from({ length: days * ROWS_A_DAY }, (_, i) => {
    const { a, b, noise, plan } = draw(random)
    const time = new Date(START + from * DAY + (i * DAY) / ROWS_A_DAY).toISOString().slice(0, 19)
    return [time, a.toFixed(4), b.toFixed(4), noise.toFixed(4), plan, a + 0.5 * random.normal() > 0 ? 1 : 0].join(',')
  })
  return `t,a,b,noise,plan,y\n${lines.join('\n')}\n`
}

const configOf = (drift: string): string => `models:
  m:
    data: {source: 'data/*.csv', label: y, time: t}
    train: {model: linear, epochs: 10}
    evaluate: {resamples: 100, min-holdout: 30}
    triggers: {performance: false, volume: false, drift: ${drift}}
    rollout: {target: none}
`

let root = ''
let forge: Awaited<ReturnType<typeof openLocalForge>>
let now = START + TRAINED_DAYS * DAY

const projectOf = (drift: string): Project => {
  const configText = configOf(drift)
  return {
    root,
    configPath: '.github/refit.yml',
    configText,
    config: parseConfig(configText, '.github/refit.yml'),
    forge,
    clock: () => now,
    log: silentLog,
    request: { by: 'cli', reason: null, manual: false, runUrl: null, codeCommit: null },
    output: join(root, '.refit'),
    gatewayUrl: undefined,
    gatewayToken: undefined,
  }
}

/** The drift trigger of version 1, with ten more days of such rows. */
async function see(drift: string, draw: (random: Random) => Row): Promise<TriggerResult> {
  writeFileSync(join(root, 'data', 'new.csv'), csv(TRAINED_DAYS, NEW_DAYS, 7, draw))
  now = START + (TRAINED_DAYS + NEW_DAYS) * DAY
  const project = projectOf(drift)
  const model = project.config.models['m']
  if (model === undefined) throw new Error('configured')
  const check = await checkModel(project, model)
  return check.triggers.find((trigger) => trigger.trigger === 'drift') as TriggerResult
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'refit-drift-'))
  mkdirSync(join(root, 'data'))
  mkdirSync(join(root, '.github'))
  writeFileSync(join(root, '.github/refit.yml'), configOf('{multivariate: true}'))
  writeFileSync(join(root, 'data', 'old.csv'), csv(0, TRAINED_DAYS, 1, usual))
  const git = (...args: string[]): void =>
    void execFileSync('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
      stdio: 'pipe',
    })
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-qm', 'Start')
  forge = await openLocalForge(root, { clock: () => now })
  const project = projectOf('{multivariate: true}')
  const run = await execute(project, {
    work: [{ kind: 'refresh', model: 'm', manual: true, reason: 'first' }],
    comment: undefined,
  })
  const [result] = run.models
  if (result?.pullRequest === undefined) throw new Error(`no version was proposed: ${result?.note}`)
  await forge.merge(result.pullRequest.number)
}, 60_000)
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('a version', () => {
  test('knows what it needs of its features, and how they hang together, in a small readable file', async () => {
    const project = projectOf('{}')
    const { champion } = await checkModel(project, project.config.models['m']!)
    const profile = champion!.profile
    const importance = Object.fromEntries(profile.columns.map((column) => [column.name, column.importance ?? 0]))
    expect(importance['a']).toBeGreaterThan(0.1)
    expect(Math.abs(importance['noise'] ?? 1)).toBeLessThan(0.05)
    expect(profile.label).toMatchObject({ name: 'y', discrete: true, missing: 0 })
    expect(profile.structure?.columns.map((column) => column.name).slice(0, 1)).toEqual(['a'])
    expect(profile.structure?.components.length).toBeGreaterThan(0)
    expect(formatProfile(profile).length).toBeLessThan(12_000)
  })
})

describe('the drift trigger through the command', () => {
  test('columns that turn against each other are seen by looking at them together, and only so', async () => {
    const alone = await see('{}', turned)
    expect(alone.status).toBe('quiet')
    const together = await see('{multivariate: true}', turned)
    expect(together.status).toBe('fired')
    const roles = together.evidence.filter((column) => column.drifted).map((column) => column.role)
    expect(roles).toContain('classifier')
    expect(roles).toContain('structure')
    expect(together.sentence).toMatch(/the columns together drifted \(AUC 0\.\d+, .*told apart by (a, b|b, a)/)
  })

  test('rows like the old ones are not told apart', async () => {
    const seen = await see('{multivariate: true, predictions: true, labels: true}', usual)
    expect(seen.status).toBe('quiet')
    const beside = seen.evidence.filter((column) => column.role !== undefined)
    expect(beside.map((column) => [column.role, column.drifted])).toEqual([
      ['label', false],
      ['predictions', false],
      ['structure', false],
      ['classifier', false],
    ])
  })

  test('scores and labels that move are seen, and each says by how much', async () => {
    const seen = await see('{predictions: true, labels: true, columns: [noise]}', (random) => {
      const row = usual(random)
      return { ...row, a: row.a + 1.5, b: row.b + 1.4 }
    })
    expect(seen).toMatchObject({ status: 'fired', unit: 'PSI of the labels' })
    expect(seen.evidence.filter((column) => column.drifted).map((column) => column.column)).toEqual([
      'labels',
      'predictions',
    ])
    expect(seen.sentence).toMatch(/the predictions drifted \(PSI \d.*median 0\.\d+ → 0\.\d+.*if nothing had changed\)/)
  })

  test('what matters most to the model comes first, and weighs most where features are weighted', async () => {
    const move = (random: Random): Row => {
      const row = usual(random)
      return { ...row, noise: row.noise + 2, plan: 'z' }
    }
    const plain = await see('{}', move)
    expect(plain).toMatchObject({ status: 'fired', value: 0.5 })
    const weighted = await see('{weighted: true}', move)
    expect(weighted).toMatchObject({ status: 'quiet', unit: 'share of the features’ importance that drifted' })
    expect(weighted.value).toBeLessThan(0.3)
    const both = await see('{}', (random) => ({ ...move(random), a: 3 + random.normal() }))
    expect(both.evidence[0]?.column).toBe('a')
  })

  test('a rolling reference follows what has become usual', async () => {
    const shift = (random: Random): Row => ({ ...usual(random), noise: 2 + random.normal(), plan: 'z' })
    expect((await see('{window: 5d}', shift)).status).toBe('fired')
    const rolling = await see('{window: 5d, reference: {rolling: 5d}}', shift)
    expect(rolling.status).toBe('quiet')
    expect(rolling.sentence).toContain('on 249 new rows against the 5d before 2026-02-05')
    const season = await see('{window: 5d, reference: {season: 30d}}', shift)
    expect(season.status).toBe('fired')
    const before = await see('{reference: {season: 1y}}', shift)
    expect(before).toMatchObject({ status: 'unchecked', sentence: expect.stringMatching(/^only 0 rows in 2025-01-3/) })
  })

  test('a version that knows no structure, or whose rows are gone, leaves the trigger unchecked', async () => {
    const old = join(root, 'data', 'old.csv')
    rmSync(old)
    const seen = await see('{multivariate: true}', usual)
    writeFileSync(old, csv(0, TRAINED_DAYS, 1, usual))
    expect(seen.status).toBe('unchecked')
    expect(seen.sentence).toContain('domain classifier could not be checked: none of the rows')
  })
})
