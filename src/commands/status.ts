import pc from 'picocolors'
import { formatDuration, isoTime } from '../core/clock.ts'
import type { ModelConfig } from '../config/schema.ts'
import { formatNumber } from '../core/format.ts'
import { RefitError } from '../core/error.ts'
import type { PullRequest } from '../forge/forge.ts'
import { retrainBranch } from '../registry/manifest.ts'
import { readRollout, type RolloutReading } from '../rollout/read.ts'
import { selectModels, type Project } from './project.ts'
import { withTarget } from './rollout-target.ts'

interface ModelStatus {
  readonly model: string
  readonly reading: RolloutReading
  readonly target: ModelConfig['rollout']['target']
  readonly open: PullRequest | undefined
}

/** Version, age, quality, rollout and open pull request of every model. Changes nothing. */
export async function printStatus(project: Project, name: string | undefined, json: boolean): Promise<void> {
  const statuses: ModelStatus[] = []
  for (const model of selectModels(project.config, name)) {
    try {
      const [reading, open] = await Promise.all([
        readRollout(project.forge, model.name),
        project.forge.openPullRequest(retrainBranch(model.name)),
      ])
      const { desired } = reading
      if (desired.kind === 'invalid') throw new RefitError('manifest', desired.reason)
      const { target } = (await withTarget(project, model)).rollout
      statuses.push({ model: model.name, reading, target, open })
    } catch (error) {
      // One model's damaged file is its own affair: the others are shown.
      if (!(error instanceof RefitError)) throw error
      project.log.error(`${model.name}: ${error.message}`, error.place)
      if (error.hint !== undefined) project.log.info(`  ${error.hint}`)
      process.exitCode = 1
    }
  }
  if (json) {
    process.stdout.write(
      `${JSON.stringify(Object.fromEntries(statuses.map((status) => [status.model, statusJson(status)])), null, 2)}\n`,
    )
    return
  }
  for (const status of statuses) process.stdout.write(`${statusText(status, project.clock())}\n`)
}

function statusJson({ reading, open }: ModelStatus): object {
  const { manifest, state, effective } = reading
  return {
    version: manifest?.version ?? null,
    trainedAt: manifest?.training.trainedAt ?? null,
    primary: manifest === undefined ? null : { metric: manifest.evaluation.primary, value: primaryValue(reading) },
    serving: effective?.stable?.version ?? null,
    rollout:
      state?.rollout === null || state === undefined
        ? null
        : {
            phase: state.rollout.phase,
            to: state.rollout.to.version,
            percent: effective?.percent ?? 0,
            held: state.rollout.held,
          },
    pullRequest: open === undefined ? null : { number: open.number, url: open.url, draft: open.draft },
  }
}

function statusText({ model, reading, target, open }: ModelStatus, now: number): string {
  const { manifest, state, effective, audit } = reading
  const lines = [pc.bold(model)]
  if (manifest === undefined) lines.push('  no version yet: refit retrain trains the first one')
  else {
    const age = formatDuration(Math.max(0, now - Date.parse(manifest.training.trainedAt)))
    lines.push(
      `  version    v${manifest.version}, trained ${manifest.training.trainedAt} (${age} ago) on ${manifest.training.rows.toLocaleString('en-US')} rows`,
    )
    lines.push(
      `  holdout    ${manifest.evaluation.primary} ${formatNumber(primaryValue(reading))} on ${manifest.evaluation.holdoutRows.toLocaleString('en-US')} rows`,
    )
  }
  const stable = effective?.stable
  if (target === 'none')
    lines.push('  serving    not looked at: no gateway is configured, and a merge is the promotion')
  else lines.push(`  serving    ${stable === null || stable === undefined ? 'nothing yet' : `v${stable.version}`}`)
  const rollout = state?.rollout
  if (rollout !== null && rollout !== undefined) {
    lines.push(
      `  rollout    v${rollout.to.version} ${rollout.phase}${effective !== null && effective.percent > 0 ? ` at ${effective.percent} %` : ''}${rollout.held === null ? '' : `, held by ${rollout.held.by}: ${rollout.held.reason}`}`,
    )
    const compared = rollout.from === null ? [] : rollout.guardrailStates
    for (const guardrail of compared) lines.push(`             ${guardrail.sentence}`)
    if (rollout.outcomeNote != null) lines.push(`             ${rollout.outcomeNote}`)
  }
  lines.push(
    `  proposed   ${open === undefined ? 'nothing' : `#${open.number} ${open.title}${open.draft ? ' (draft)' : ''}`}`,
  )
  for (const entry of audit.slice(0, 5))
    lines.push(pc.dim(`  ${isoTime(entry.time)}  ${entry.message.split('\n')[0] ?? ''}`))
  return lines.join('\n')
}

function primaryValue({ manifest }: RolloutReading): number | null {
  return manifest?.evaluation.metrics.find((metric) => metric.metric === manifest.evaluation.primary)?.value ?? null
}
