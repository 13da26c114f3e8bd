import { resolve } from 'node:path'
import { debug, error, getInput, group, info, setOutput, setSecret, summary, warning } from '@actions/core'
import { context } from '@actions/github'
import { clockFrom, systemClock } from './core/clock.ts'
import { RefitError } from './core/error.ts'
import { createActionLog, showError } from './action-log.ts'
import { actionAddress } from './commands/address.ts'
import { headCommit } from './commands/head-commit.ts'
import { openGitHubProject } from './commands/open-project.ts'
import { runOutputs } from './commands/outputs.ts'
import { respond } from './commands/respond.ts'
import { failed, type Run } from './commands/run.ts'
import { summarize } from './commands/summarize.ts'

/** Named one by one: the whole namespace would bring an HTTP client along, and half of the start-up time. */
const toolkit = { debug, error, group, info, warning }

/** Environment → command; outputs, summary, annotations. */
async function main(): Promise<void> {
  const log = createActionLog(toolkit)
  const token = getInput('token')
  const gatewayToken = getInput('gateway-token')
  for (const secret of [token, gatewayToken]) if (secret !== '') setSecret(secret)
  let run: Run = { models: [], notes: [] }
  try {
    const repository = process.env['GITHUB_REPOSITORY'] ?? ''
    const workspace = resolve(process.env['GITHUB_WORKSPACE'] ?? '.')
    const root = resolve(workspace, getInput('working-directory'))
    const occasion = {
      context: {
        eventName: context.eventName,
        actor: context.actor,
        ref: context.ref,
        payload: context.payload,
        repository,
        runId: context.runId,
      },
      inputs: { command: getInput('command'), model: getInput('model'), reason: getInput('reason') },
      runUrl: `${context.serverUrl}/${repository}/actions/runs/${context.runId}`,
      // What is checked out need not be what the event was about.
      codeCommit: (await headCommit(root)) ?? context.sha ?? null,
    }
    run = await respond(occasion, (request) =>
      openGitHubProject({
        root,
        workspace,
        configPath: getInput('config'),
        repository,
        env: process.env,
        token,
        gatewayUrl: getInput('gateway-url') || undefined,
        gatewayToken: gatewayToken || undefined,
        clock: pretendedClock(getInput('now')),
        log,
        refit: actionAddress(process.env),
        request,
      }),
    )
    for (const refused of run.errors ?? []) showError(toolkit, refused)
    for (const model of run.models) if (model.error !== undefined) showError(toolkit, model.error)
    if (failed(run)) process.exitCode = 1
  } catch (problem) {
    process.exitCode = 1
    showError(toolkit, problem)
    run =
      problem instanceof RefitError
        ? { ...run, errors: [problem] }
        : { ...run, notes: [...run.notes, 'Refit stopped with an error of its own; see the log.'] }
  }
  for (const [name, value] of Object.entries(runOutputs(run))) setOutput(name, value)
  if (process.env['GITHUB_STEP_SUMMARY'] !== undefined)
    await summary.addRaw(summarize(run, getInput('command'))).write()
}

function pretendedClock(now: string): typeof systemClock {
  if (now === '') return systemClock
  const start = Date.parse(now)
  if (Number.isNaN(start))
    throw new RefitError('usage', `the input “now” is “${now}”, which is no time`, {
      hint: 'Write it as ISO 8601, for example 2026-03-01T06:00:00Z.',
    })
  return clockFrom(start)
}

await main()
