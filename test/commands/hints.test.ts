import { describe, expect, test } from 'vitest'
import { execute } from '../../src/commands/execute.ts'
import type { Project } from '../../src/commands/project.ts'
import type { ModelRun } from '../../src/commands/run.ts'
import { parseConfig } from '../../src/config/load.ts'
import { silentLog } from '../../src/core/log.ts'
import { createRandom } from '../../src/core/random.ts'
import { openLocalForge } from '../../src/forge/local/local-forge.ts'
import { git, makeRepository, writeFiles } from '../support/git.ts'

const NOW = Date.UTC(2026, 5, 1)
const CONFIG = '.github/refit.yml'

/** Customers with a few rows each, a date that nobody named, and a label that follows `usage`. */
function customers(rows: number, more: (churned: number) => string = () => ''): string {
  const random = createRandom(21)
  const lines = Array.from({ length: rows }, (_, i) => {
    const churned = random.below(2)
    const date = new Date(Date.UTC(2025, 0, 1) + Math.floor(i / 4) * 86_400_000).toISOString().slice(0, 10)
    const usage = (churned + 1.5 * random.normal()).toFixed(4)
    return `k${random.below(150)},${date},${usage},${(10 * random.next()).toFixed(3)}${more(churned)},${churned}`
  })
  return lines.join('\n')
}

class World {
  readonly root: string
  #config = ''

  constructor(data: string, settings: string) {
    this.root = makeRepository({ 'data.csv': data, [CONFIG]: '' })
    this.configure(settings)
  }

  configure(settings: string): void {
    this.#config = `models:\n  churn:\n    data: {source: data.csv, label: churned${settings}\n    train: {epochs: 15}\n`
    writeFiles(this.root, { [CONFIG]: this.#config })
    git(this.root, ['add', '--all'])
    git(this.root, ['commit', '--quiet', '--allow-empty', '--message=configure'])
  }

  async run(kind: 'check' | 'retrain'): Promise<ModelRun> {
    const forge = await openLocalForge(this.root, { clock: () => NOW, log: silentLog })
    const project: Project = {
      root: this.root,
      configPath: CONFIG,
      config: parseConfig(this.#config, CONFIG),
      configText: this.#config,
      forge,
      clock: () => NOW,
      log: silentLog,
      request: { by: 'a test', reason: null, manual: true, runUrl: null, codeCommit: null },
      output: `${this.root}/.refit`,
      gatewayUrl: undefined,
      gatewayToken: undefined,
    }
    const work =
      kind === 'check'
        ? ({ kind: 'check', model: '' } as const)
        : ({ kind: 'refresh', model: '', manual: true, reason: null } as const)
    const { models } = await execute(project, { work: [work], comment: undefined }, { force: true, dryRun: true })
    const [run] = models
    if (run === undefined || run.error !== undefined) throw run?.error ?? new Error('no run')
    return run
  }
}

const HEADER = 'account_key,signup_date,usage,fee'

describe('a time or id column that nobody named', () => {
  test('is told by a check before the first version, and by the first training', async () => {
    const world = new World(`${HEADER},churned\n${customers(800)}\n`, '}')
    expect((await world.run('check')).hints).toEqual([
      'no time column is named: “signup_date” may be one, and with data.time the newest rows are held out',
      'no id column is named: “account_key” may be one, and with data.id its rows stay on one side of the split',
    ])
    const trained = await world.run('retrain')
    expect(trained.hints?.slice(0, 2)).toEqual([
      expect.stringContaining('“account_key” may be one (data.id)'),
      'no time column: the order of time was not checked; “signup_date” may be one (data.time)',
    ])
    world.configure(', time: signup_date, id: account_key}')
    expect((await world.run('check')).hints).toEqual([])
  })
})

describe('a table with several copies of the outcome', () => {
  const random = createRandom(5)
  const copies = (churned: number): string =>
    [0, 0.06, 0.06, 0.06, 0.06].map((wrong) => `,${random.next() < wrong ? 1 - churned : churned}`).join('')
  const data = `${HEADER},exact,a,b,c,d,churned\n${customers(2000, copies)}\n`

  test('is never ready by obeying the one warning, and is with all that are told, or with a reason', async () => {
    const world = new World(data, '}')
    const first = await world.run('retrain')
    expect(first.record?.verdict.outcome).toBe('inconclusive')
    expect(first.record?.verdict.reason).toContain('too good to be true')

    world.configure(', ignore: [exact]}')
    const second = await world.run('retrain')
    expect(second.record?.verdict.outcome).toBe('inconclusive')
    const told = (second.record?.quality ?? [])
      .filter(({ rule }) => rule.startsWith('telltale'))
      .map(({ sentence }) => sentence)
    for (const name of ['a', 'b', 'c', 'd']) expect(told.join('\n')).toContain(`“${name}”`)
    expect(told.join('\n')).not.toContain('“usage”')

    world.configure(", ignore: [exact]}\n    evaluate: {expect-near-perfect: 'they are read before the label is set'}")
    const confirmed = await world.run('retrain')
    expect(confirmed.record?.verdict.outcome).toBe('pass')
    expect(confirmed.record?.judged?.expectNearPerfect).toBe('they are read before the label is set')

    world.configure(', ignore: [exact, a, b, c, d]}')
    const honest = await world.run('retrain')
    expect(honest.record?.verdict.outcome).toBe('pass')
    expect(honest.record?.evaluation.leaks?.strongest[0]?.column).toBe('usage')
  })
})

test('held-out rows that are copies of training rows are never ready to merge', async () => {
  const random = createRandom(9)
  const rows = Array.from({ length: 500 }, () => {
    const churned = random.below(2)
    return `${(churned + random.normal()).toFixed(5)},${random.next().toFixed(5)},${churned}`
  })
  // The same rows four times under other numbers, which keep them from being seen as one row.
  const data = [0, 1, 2, 3].flatMap((time) => rows.map((row, i) => `${time * 10_000 + i * 7},${row}`))
  const world = new World(`row_number,usage,fee,churned\n${data.join('\n')}\n`, ', ignore: [row_number]}')
  const { record } = await world.run('retrain')
  expect(record?.verdict.outcome).toBe('inconclusive')
  expect(record?.gates.find(({ gate }) => gate.metric === 'leaks')?.sentence).toContain('held-out rows')
})
