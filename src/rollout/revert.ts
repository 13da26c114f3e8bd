import { RefitError } from '../core/error.ts'
import { count, escapeMarkdown } from '../core/text.ts'
import type { Forge, PullRequest } from '../forge/forge.ts'
import { foreignWork, signFiles } from '../forge/own-work.ts'
import { manifestPath, revertBranch } from '../registry/manifest.ts'
import { readManifest } from '../registry/read.ts'
import { findVersion } from './desired.ts'
import { currentStage, stageName } from './plan.ts'
import type { ActiveRollout, GuardrailState, VersionRef } from './types.ts'

/** What the body of a revert pull request can be made from. */
export interface RevertFacts {
  readonly model: string
  readonly from: VersionRef
  readonly to: VersionRef
  readonly reason: string
  readonly rollout: ActiveRollout | null
  readonly runUrl: string | undefined
}

/**
 * Opens (or brings up to date) the pull request that puts the manifest back to the version that serves. Undefined where
 * the default branch no longer asks for the version that was rolled back.
 */
export async function openRevert(forge: Forge, facts: RevertFacts): Promise<PullRequest | undefined> {
  const { model, from, to } = facts
  const base = await forge.defaultBranch()
  const head = await forge.head(base)
  if (head === undefined) return undefined
  const present = await readManifest(forge, head, model).catch(() => undefined)
  if (present && present.artifact.digest !== to.digest) return undefined

  const branch = revertBranch(model, to.version)
  const title = `Revert ${model} to v${from.version}: v${to.version} was rolled back`
  const files = new Map([[manifestPath(model), await manifestOf(forge, head, model, from)]])
  const expected = await forge.head(branch)
  // A person has taken it over: it stays as they left it.
  if (expected !== undefined && (await foreignWork(forge, expected))) return forge.openPullRequest(branch)
  await forge.commit({
    branch,
    expected,
    base: head,
    message: signFiles(`${title}\n\n${facts.reason}`, files),
    files,
  })
  const draft = { head: branch, base, title, body: revertBody(facts), draft: false, labels: ['refit', 'rollback'] }
  return (await forge.upsertPullRequest(draft)).pullRequest
}

/** The manifest as it was when this version was merged, byte by byte. */
async function manifestOf(forge: Forge, head: string, model: string, version: VersionRef): Promise<Uint8Array> {
  const path = manifestPath(model)
  const recorded = await readManifest(forge, version.commit, model).catch(() => undefined)
  const commit =
    recorded?.artifact.digest === version.digest
      ? version.commit
      : (await findVersion(forge, head, model, version.digest))?.commit
  const bytes = commit === undefined ? undefined : await forge.readFile(commit, path)
  if (bytes) return bytes
  throw new RefitError('rollout', `the manifest of ${model} v${version.version} is not in the history of ${path}`, {
    hint: 'Revert the manifest by hand: production is on this version already.',
  })
}

/** A plain body: why, what was seen, what to do. */
function revertBody(facts: RevertFacts): string {
  const { model, from, to, reason, rollout, runUrl } = facts
  const stage = rollout ? stageName(currentStage(rollout)) : undefined
  const lines = [
    `**${escapeMarkdown(model)} v${to.version} was rolled back${stage ? ` during ${escapeMarkdown(stage)}` : ''}.** All traffic is on v${from.version} already; this pull request brings the manifest back in line.`,
    '',
    '### Why',
    '',
    `${escapeMarkdown(reason)}`,
    '',
  ]
  if (rollout && rollout.guardrailStates.some((state) => state.candidate.n > 0)) {
    lines.push('### What the guardrails saw in this step', '')
    lines.push(
      `| Guardrail | v${to.version} (candidate) | v${from.version} (stable) | Verdict |`,
      '|---|---:|---:|---|',
    )
    for (const state of rollout.guardrailStates) {
      lines.push(
        `| ${state.guardrail} | ${cell(state, 'candidate')} | ${cell(state, 'stable')} | ${verdictText(state)} |`,
      )
    }
    lines.push('', ...rollout.guardrailStates.map((state) => `- ${escapeMarkdown(state.sentence)}`), '')
  }
  lines.push(
    '### What to do',
    '',
    `- **Merge** this: the next candidate is then compared with v${from.version}, which is what production runs.`,
    `- Find out what differs between the holdout and production before proposing again. The digest of v${to.version} is quarantined and is never rolled out again:`,
    '',
    '```',
    to.digest,
    '```',
    '',
    `Rollout \`${rollout?.id ?? 'unknown'}\`${rollout ? `, started ${rollout.startedAt}` : ''}${runUrl ? ` · [run](${encodeURI(runUrl)})` : ''}`,
    '',
  )
  return lines.join('\n')
}

function cell(state: GuardrailState, arm: 'candidate' | 'stable'): string {
  const { n, sum } = state[arm]
  if (n === 0) return '–'
  const mean = sum / n
  const value = state.guardrail === 'prediction-shift' ? `rank ${mean.toFixed(3)}` : `${(100 * mean).toFixed(2)} %`
  return `${value}, mean of ${count(n, 'caller')}`
}

const VERDICTS = { pass: '✅ pass', fail: '❌ fail', inconclusive: '❔ inconclusive', 'no-data': '– no data' } as const
const verdictText = (state: GuardrailState): string => VERDICTS[state.verdict]
