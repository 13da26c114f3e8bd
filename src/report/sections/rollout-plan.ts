import type { GuardrailConfig, StageConfig } from '../../config/schema.ts'
import { planStages, requiredRequests, stageMax } from '../../config/stages.ts'
import { formatDuration } from '../../core/clock.ts'
import { formatNumber, formatPercent } from '../../core/format.ts'
import { count } from '../../core/text.ts'
import { chart, code, paragraph, table, type Inline, type Section } from '../document.ts'
import type { RunRecord } from '../run-record.ts'

const HEAD = { id: 'rollout', title: 'Rollout plan', importance: 5 } as const
const NO_ROLLOUT =
  'The merge is the promotion: no gateway is named (rollout.target is none), so that nothing is staged and nothing is watched.'
const FIRST =
  ', the gateway loads and verifies it (staging), and then it answers all callers: of a first version there is nothing to compare with or to go back to.'
const WAITS = 'No stage goes on while too few callers are seen to tell, or while a guardrail objects.'

export function rolloutSection(record: RunRecord): Section {
  const { target, guardrails, environment, alpha, lease } = record.rollout
  if (target === 'none') return { ...HEAD, blocks: [paragraph(NO_ROLLOUT)] }
  if (record.champion === null)
    return { ...HEAD, blocks: [paragraph('After the merge, in ', code(environment), FIRST)] }
  const stages = planStages(record.rollout.stages)
  const steps = stages.map((stage) => ({ name: stageName(stage), detail: stageCondition(stage) }))
  const plan = stages.map((stage): readonly Inline[] => [
    stageName(stage),
    exposure(stage),
    stageCondition(stage) || 'healthy',
    formatDuration(stageMax(stage)),
  ])
  return {
    ...HEAD,
    blocks: [
      paragraph(
        'After the merge, in ',
        code(environment),
        guardrails.length === 0
          ? '. No guardrail is configured: nothing that is measured rolls it back.'
          : '. A guardrail that fails puts all callers back on the stable version and opens a revert pull request.',
      ),
      chart({
        kind: 'steps',
        title: `Rollout of v${record.candidateVersion}`,
        steps: [{ name: 'merge', detail: '' }, ...steps, { name: 'promoted', detail: '' }],
      }),
      table('Stages of the rollout', ['Stage', 'Callers it answers', 'Goes on after', 'Held after'], plan),
      paragraph(
        ...(guardrails.length === 0
          ? []
          : [`${WAITS} Guardrails: ${guardrails.map(guardrailText).join('; ')}. `, guardrailNote(alpha)]),
        ` Exposure ends by itself when nothing renews it for ${formatDuration(lease)}.`,
      ),
    ],
  }
}

const guardrailNote = (alpha: number): string =>
  `Each may roll back a healthy candidate in at most ${formatPercent(alpha)} of the rollouts.`

export function stageName(stage: StageConfig): string {
  return stage.kind === 'canary' ? `canary ${formatPercent(stage.percent / 100)}` : stage.kind
}

/** `staging → shadow → canary 5 % → canary 50 % → full`. */
export const planText = (stages: readonly StageConfig[]): string => planStages(stages).map(stageName).join(' → ')

function exposure(stage: StageConfig): string {
  if (stage.kind === 'staging') return 'none: loaded and warmed up'
  if (stage.kind === 'shadow') return 'none: mirrored, answers are thrown away'
  return stage.kind === 'canary' ? formatPercent(stage.percent / 100) : 'all, the old version stays warm'
}

/** `1,000 requests and 1h`; empty where nothing but health is asked for. */
export function stageCondition(stage: StageConfig): string {
  const requests = requiredRequests(stage)
  const parts = [
    requests > 0 ? count(requests, 'request') : '',
    stage.for > 0 ? formatDuration(stage.for).replace(' 0m', '') : '',
  ]
  return parts.filter((part) => part !== '').join(' and ')
}

function guardrailText(guardrail: GuardrailConfig): string {
  const margin = formatPercent(guardrail.margin)
  switch (guardrail.kind) {
    case 'error-rate':
      return `error rate (at most ${margin} above stable)`
    case 'latency':
      return guardrail.objective === 'relative'
        ? `latency (requests over twice what stable’s take, at most ${margin} more than stable)`
        : `latency (requests over ${formatDuration(guardrail.objective)}, at most ${margin} more than stable)`
    case 'prediction-shift':
      return `prediction shift (mean rank moves by at most ${formatNumber(guardrail.margin, { digits: 2 })})`
    case 'outcome':
      return `outcome (mean loss at most ${formatNumber(guardrail.margin, { digits: 2 })} above stable)`
  }
}
