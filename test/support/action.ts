import { execFile, type ExecFileException } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { cleanGitEnvironment, git, temporaryFolder, writeFiles } from './git.ts'
import type { Emulator } from './github-emulator/emulator.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const { inputs } = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {
  inputs: Record<string, { default?: string }>
}

export interface ActionResult {
  readonly code: number
  readonly log: string
  readonly outputs: Readonly<Record<string, string>>
  readonly summary: string
}

export interface ActionRun {
  readonly event: string
  readonly payload?: object
  readonly inputs?: Readonly<Record<string, string>>
  readonly token?: string
  readonly ref?: string
  readonly actor?: string
  /** Files laid over the checkout, as a step before this one would bring data. */
  readonly files?: Readonly<Record<string, string>>
}

/** What actions/checkout leaves: a shallow clone with a detached HEAD, and no git user. */
export function checkout(emulator: Emulator): string {
  const folder = temporaryFolder('refit-workspace')
  git(folder, ['clone', '-q', '--depth', '1', '--no-checkout', `file://${emulator.gitDir}`, '.'])
  git(folder, ['checkout', '-q', '--detach', 'origin/main'])
  return folder
}

/** Runs the committed bundle as a runner does: inputs and event in the environment, outputs and summary in files. */
export function runAction(
  emulator: Emulator,
  { event, payload = {}, inputs: given = {}, token, ref, actor, files }: ActionRun,
): Promise<ActionResult> {
  const workspace = checkout(emulator)
  if (files !== undefined) writeFiles(workspace, files)
  const runner = mkdtempSync(join(temporaryFolder('refit-runner'), 'run-'))
  const paths = { output: join(runner, 'output'), summary: join(runner, 'summary'), event: join(runner, 'event.json') }
  writeFileSync(paths.output, '')
  writeFileSync(paths.summary, '')
  writeFileSync(
    paths.event,
    JSON.stringify({ repository: { default_branch: 'main', full_name: emulator.repository }, ...payload }),
  )
  const env: NodeJS.ProcessEnv = {
    ...cleanGitEnvironment(),
    GITHUB_ACTIONS: 'true',
    // A gateway of these tests runs beside the runner.
    RUNNER_ENVIRONMENT: 'self-hosted',
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: emulator.repository,
    GITHUB_API_URL: emulator.url,
    GITHUB_GRAPHQL_URL: `${emulator.url}/graphql`,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: paths.event,
    GITHUB_REF: ref ?? 'refs/heads/main',
    GITHUB_SHA: emulator.branch('main') ?? '',
    GITHUB_ACTOR: actor ?? 'ana',
    GITHUB_RUN_ID: '77',
    GITHUB_OUTPUT: paths.output,
    GITHUB_STEP_SUMMARY: paths.summary,
  }
  for (const [name, input] of Object.entries(inputs)) {
    const fallback = name === 'token' ? (token ?? emulator.token) : (input.default ?? '')
    env[`INPUT_${name.toUpperCase()}`] = given[name] ?? fallback
  }
  return new Promise((done) => {
    execFile(
      process.execPath,
      [join(ROOT, 'dist/index.js')],
      { cwd: workspace, env, maxBuffer: 64 * 1024 * 1024 },
      (error: ExecFileException | null, stdout, stderr) =>
        done({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1,
          log: stdout + stderr,
          outputs: readOutputs(readFileSync(paths.output, 'utf8')),
          summary: readFileSync(paths.summary, 'utf8'),
        }),
    )
  })
}

/** `name<<delimiter` … `delimiter`, as the runner reads it. */
function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {}
  for (const match of text.matchAll(/^([^\n<]+)<<(\S+)\n([\s\S]*?)\n?\2$/gm))
    outputs[match[1] as string] = match[3] as string
  return outputs
}
