import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { checkModel, type CheckResult } from '../../src/commands/check.ts'
import { execute } from '../../src/commands/execute.ts'
import type { Project } from '../../src/commands/project.ts'
import type { ModelRun } from '../../src/commands/run.ts'
import { parseConfig } from '../../src/config/load.ts'
import { silentLog } from '../../src/core/log.ts'
import { createRandom, type Random } from '../../src/core/random.ts'
import { openLocalForge } from '../../src/forge/local/local-forge.ts'
import type { TriggerResult } from '../../src/triggers/types.ts'

export const DAY = 86_400_000
export const START = Date.UTC(2026, 0, 1)

export interface DayRows {
  /** Days since START of the first and after the last row. */
  readonly from: number
  readonly to: number
  readonly perDay?: number
  readonly seed: number
  /** P(label is 1) by the two numbers; without it they follow `a`. */
  readonly rule?: (a: number, b: number) => number
  /** Whether the label has arrived. Default: always. */
  readonly labelled?: boolean
}

const usual = (a: number): number => 1 / (1 + Math.exp(-2.5 * a))

/** Rows of some days as CSV: a time, two numbers, and a label that is drawn. */
export function days({ from, to, perDay = 40, seed, rule = usual, labelled = true }: DayRows): string {
  const random: Random = createRandom(seed)
  const lines = Array.from({ length: (to - from) * perDay }, (_, i) => {
    const [a, b] = [random.normal(), random.normal()]
    const label = random.next() < rule(a, b) ? 1 : 0
    const time = new Date(START + from * DAY + Math.floor((i * DAY) / perDay)).toISOString().slice(0, 19)
    return `${time},${a.toFixed(4)},${b.toFixed(4)},${labelled ? label : ''}`
  })
  return `t,a,b,y\n${lines.join('\n')}\n`
}

/** A repository with one model `m`, on a forge of its own, in this process. */
export class TriggerProject {
  readonly root: string
  readonly forge: Awaited<ReturnType<typeof openLocalForge>>
  /** Days since START. */
  readonly #clock: { day: number }
  #settings: string

  private constructor(forge: TriggerProject['forge'], root: string, clock: { day: number }, settings: string) {
    this.root = root
    this.forge = forge
    this.#clock = clock
    this.#settings = settings
  }

  /** @param settings Lines of YAML within the model: triggers, train, … */
  static async create(settings: string, day: number): Promise<TriggerProject> {
    const root = mkdtempSync(join(tmpdir(), 'refit-triggers-'))
    const git = (...args: string[]): void => {
      execFileSync('git', ['-C', root, ...args], { stdio: 'ignore' })
    }
    git('init', '--initial-branch=main')
    git('config', 'user.name', 'ana')
    git('config', 'user.email', 'ana@example.com')
    writeFileSync(join(root, 'README.md'), 'm\n')
    git('add', '.')
    git('commit', '-m', 'start')
    return TriggerProject.#open(root, settings, day)
  }

  static async #open(root: string, settings: string, day: number): Promise<TriggerProject> {
    const clock = { day }
    const forge = await openLocalForge(root, { clock: () => START + clock.day * DAY, log: silentLog })
    return new TriggerProject(forge, root, clock, settings)
  }

  /** The same repository once more, in a folder of its own. */
  async copy(day: number): Promise<TriggerProject> {
    const root = mkdtempSync(join(tmpdir(), 'refit-triggers-'))
    cpSync(this.root, root, { recursive: true })
    return TriggerProject.#open(root, this.#settings, day)
  }

  set day(day: number) {
    this.#clock.day = day
  }

  set settings(settings: string) {
    this.#settings = settings
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true })
    writeFileSync(join(this.root, path), content)
  }

  project(request: Partial<Project['request']> = {}): Project {
    const configText = `models:
  m:
    data: {source: 'data/*.csv', label: y, time: t}
    evaluate: {resamples: 100, min-holdout: 30}
    rollout: {target: none}
${this.#settings.replace(/^/gm, '    ')}
`
    return {
      root: this.root,
      configPath: '.github/refit.yml',
      configText,
      config: parseConfig(configText, '.github/refit.yml'),
      forge: this.forge,
      clock: () => START + this.#clock.day * DAY,
      log: silentLog,
      request: { by: 'the schedule', reason: null, manual: false, runUrl: null, codeCommit: null, ...request },
      output: join(this.root, '.refit'),
      gatewayUrl: undefined,
      gatewayToken: undefined,
    }
  }

  async check(): Promise<CheckResult> {
    const project = this.project()
    return checkModel(project, project.config.models['m'] as NonNullable<(typeof project.config.models)['m']>)
  }

  async see(trigger: string): Promise<TriggerResult> {
    return (await this.check()).triggers.find((result) => result.trigger === trigger) as TriggerResult
  }

  /** What the Action does on a schedule; `manual` as if somebody had asked. */
  async refresh(manual = false, reason: string | null = null): Promise<ModelRun> {
    const work = { kind: 'refresh', model: 'm', manual, reason } as const
    const { models } = await execute(this.project({ reason }), { work: [work], comment: undefined })
    return models[0] as ModelRun
  }

  /** Trains and merges the next version. */
  async promote(): Promise<void> {
    const { pullRequest, note } = await this.refresh(true, 'a version')
    if (pullRequest === undefined) throw new Error(note)
    await this.forge.merge(pullRequest.number)
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}
