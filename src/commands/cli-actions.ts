import { resolve } from 'node:path'
import type { Command } from 'commander'
import { clockFrom, systemClock, type Clock } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import { createTerminalLog } from '../core/terminal-log.ts'
import { headCommit } from './head-commit.ts'
import { duration, time, wholeNumber } from './option-values.ts'
import type { Steering, Work } from './plan.ts'
import type { Project } from './project.ts'
import type { Run } from './run.ts'

export interface GlobalOptions {
  readonly directory: string
  readonly config: string
  readonly now?: string
  readonly verbose?: boolean
  readonly forge: 'local' | 'github'
  readonly gateway?: string
}

interface ModelOption {
  readonly model?: string
  readonly json?: boolean
}

interface CheckFlags extends ModelOption {
  readonly explain?: boolean
  readonly exitCode?: boolean
}

interface ServeFlags {
  readonly model?: string[]
  readonly repository: string
  readonly host: string
  readonly port: string
  readonly poll: string
  readonly drain: string
  /** false with --no-evidence; true is commander’s default beside it. */
  readonly evidence?: string | boolean
}

interface BacktestFlags extends ModelOption {
  readonly period: string
  readonly every?: string
  readonly from?: string
  readonly to?: string
  readonly metric?: string
  readonly labelDelay: string
  readonly sweep?: string[]
}

/** The commands as functions of their options. Heavy parts are imported when they are used, never before. */
export function cliActions(program: Command, env: NodeJS.ProcessEnv) {
  const open = (reason: string | null, manual: boolean): Promise<Project> =>
    openProject(program.opts<GlobalOptions>(), env, reason, manual)
  const run = async (
    work: Work,
    settings: {
      readonly json?: boolean
      readonly reason?: string | null
      readonly manual?: boolean
      readonly explain?: boolean
      readonly exitCode?: boolean
      readonly force?: boolean
      readonly dryRun?: boolean
    },
  ): Promise<void> => {
    const [{ execute }, { printRun }] = await Promise.all([import('./execute.ts'), import('./print.ts')])
    const project = await open(settings.reason ?? null, settings.manual ?? false)
    const result: Run = await execute(
      project,
      { work: [work], comment: undefined },
      { force: settings.force ?? false, dryRun: settings.dryRun ?? false },
    )
    process.exitCode = await printRun(project, result, {
      json: settings.json ?? false,
      explain: settings.explain ?? false,
      exitCode: settings.exitCode ?? false,
    })
  }
  return {
    check: ({ model = '', json = false, explain = false, exitCode = false }: CheckFlags) =>
      run({ kind: 'check', model }, { json, explain, exitCode }),
    retrain: (options: ModelOption & { reason?: string; ifStale?: boolean; force?: boolean; dryRun?: boolean }) =>
      run(
        {
          kind: 'refresh',
          model: options.model ?? '',
          manual: options.ifStale !== true,
          reason: options.reason ?? null,
        },
        {
          json: options.json ?? false,
          reason: options.reason ?? null,
          force: options.force ?? false,
          dryRun: options.dryRun ?? false,
        },
      ),
    rollout: async (options: ModelOption & { watch?: boolean; interval: string }) => {
      if (options.watch !== true)
        return run({ kind: 'rollout', model: options.model ?? '' }, { json: options.json ?? false })
      const { watchRollout } = await import('./watch.ts')
      process.exitCode = await watchRollout(
        await open(null, false),
        options.model,
        duration(options.interval, '--interval'),
      )
    },
    steer: (command: Steering) => (options: ModelOption & { reason: string }) =>
      run({ kind: 'steer', command, model: options.model ?? '', reason: options.reason }, {}),
    status: async (options: ModelOption) => {
      const { printStatus } = await import('./status.ts')
      await printStatus(await open(null, false), options.model, options.json ?? false)
    },
    serve: async (options: ServeFlags) => {
      const { serve } = await import('./serve.ts')
      const global = program.opts<GlobalOptions>()
      await serve({
        repository: /^[a-z+]+:\/\/|^[^/]+@[^/]+:/.test(options.repository)
          ? options.repository
          : resolve(global.directory, options.repository),
        workspace: resolve(global.directory),
        models: options.model,
        host: options.host,
        port: wholeNumber(options.port, '--port'),
        pollMs: duration(options.poll, '--poll'),
        drainMs: options.drain === '0s' ? 0 : duration(options.drain, '--drain'),
        evidence: options.evidence === true ? undefined : options.evidence,
        clock: clockOf(global),
        log: logOf(global),
        token: env['REFIT_GATEWAY_TOKEN'],
      })
    },
    pr: async (number: string | undefined, options: { raw?: boolean }) => {
      const { printPullRequests } = await import('./pull-requests.ts')
      await printPullRequests(
        await localForge(program.opts<GlobalOptions>()),
        number === undefined ? undefined : wholeNumber(number, 'the pull request’s number'),
        options.raw ?? false,
      )
    },
    merge: async (number: string) => {
      const { mergePullRequest } = await import('./pull-requests.ts')
      await mergePullRequest(
        await localForge(program.opts<GlobalOptions>()),
        wholeNumber(number, 'the pull request’s number'),
      )
    },
    close: async (number: string) => {
      const { closePullRequest } = await import('./pull-requests.ts')
      await closePullRequest(
        await localForge(program.opts<GlobalOptions>()),
        wholeNumber(number, 'the pull request’s number'),
      )
    },
    replay: async (record: string, options: { html?: string; body?: string; card?: string; json?: boolean }) => {
      const { replayRecord } = await import('./replay.ts')
      const root = resolve(program.opts<GlobalOptions>().directory)
      process.exitCode = await replayRecord({ root, record, ...options, json: options.json ?? false })
    },
    init: async (options: { data?: string; label?: string }) => {
      const [{ init }, { installedAddress }] = await Promise.all([import('./init.ts'), import('./address.ts')])
      const global = program.opts<GlobalOptions>()
      await init({
        root: resolve(global.directory),
        configPath: global.config,
        data: options.data,
        label: options.label,
        address: await installedAddress(),
      })
    },
    profile: async (saved: string[], options: ModelOption & { files?: string[]; output?: string }) => {
      const { runProfile } = await import('./profile.ts')
      await runProfile(await open(null, false), saved, options)
    },
    schema: async (options: ModelOption & { update?: boolean; write?: boolean }) => {
      const { runSchema } = await import('./schema.ts')
      const settings = { update: options.update ?? options.write ?? false, write: options.write ?? false }
      process.exitCode = await runSchema(await open(null, false), options.model, settings)
    },
    backtest: async (options: BacktestFlags) => {
      const [{ runBacktest }, { parseSweep }] = await Promise.all([
        import('./backtest.ts'),
        import('./backtest/sweep.ts'),
      ])
      const settings = {
        period: duration(options.period, '--period'),
        every: options.every === undefined ? undefined : duration(options.every, '--every'),
        from: time(options.from, '--from'),
        to: time(options.to, '--to'),
        metric: options.metric,
        labelDelay: options.labelDelay === '0s' ? 0 : duration(options.labelDelay, '--label-delay'),
        sweep: parseSweep(options.sweep ?? []),
        json: options.json ?? false,
      }
      await runBacktest(await open(null, false), options.model, settings)
    },
    demo: async (folder: string, options: { seed: string }) => {
      const { runDemo } = await import('./demo.ts')
      const global = program.opts<GlobalOptions>()
      await runDemo({
        folder: resolve(global.directory, folder),
        seed: wholeNumber(options.seed, '--seed'),
        log: logOf(global),
      })
    },
  }
}

async function openProject(
  options: GlobalOptions,
  env: NodeJS.ProcessEnv,
  reason: string | null,
  manual: boolean,
): Promise<Project> {
  const { openGitHubProject, openLocalProject } = await import('./open-project.ts')
  const root = resolve(options.directory)
  const shared = {
    root,
    workspace: process.cwd(),
    configPath: options.config,
    clock: clockOf(options),
    log: logOf(options),
    gatewayUrl: options.gateway,
    gatewayToken: env['REFIT_GATEWAY_TOKEN'],
    env,
    request: { by: 'the command line', reason, manual, runUrl: null, codeCommit: await headCommit(root) },
  }
  if (options.forge === 'local') return openLocalProject(shared)
  return openGitHubProject({
    ...shared,
    token: env['GITHUB_TOKEN'] ?? env['GH_TOKEN'] ?? '',
    repository: env['GITHUB_REPOSITORY'] ?? '',
  })
}

async function localForge(options: GlobalOptions) {
  const { openLocalForge } = await import('../forge/local/local-forge.ts')
  return openLocalForge(resolve(options.directory), { clock: clockOf(options), log: logOf(options) })
}

function logOf(options: GlobalOptions) {
  return createTerminalLog(process.stderr, { verbose: options.verbose === true })
}

function clockOf(options: GlobalOptions): Clock {
  if (options.now === undefined) return systemClock
  const start = Date.parse(options.now)
  if (Number.isNaN(start))
    throw new RefitError('usage', `--now is “${options.now}”, which is no time`, {
      hint: 'Write it as ISO 8601, for example 2026-03-01T06:00:00Z.',
    })
  return clockFrom(start)
}
