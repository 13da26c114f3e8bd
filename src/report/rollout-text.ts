import type { StageConfig } from '../config/schema.ts'
import { formatNumber } from '../core/format.ts'
import type { ActiveRollout, GuardrailState, RolloutPhase, RolloutState } from '../rollout/types.ts'
import { paragraph, strong, table, type Block, type Inline, type Status } from './document.ts'
import { blocksMarkdown } from './render/markdown.ts'
import { stageCondition, stageName } from './sections/rollout-plan.ts'
import { sentence } from './sections/verdict.ts'

const WORDS: Readonly<Record<RolloutPhase, string>> = {
  idle: 'not started',
  queued: 'queued',
  staging: 'staging: loaded and warmed up, no callers',
  shadow: 'shadow: mirrored traffic, answers thrown away',
  canary: 'canary',
  'full-bake': 'full: all callers, the old version stays warm',
  promoted: 'promoted',
  'rolling-back': 'rolling back',
  'rolled-back': 'rolled back',
  superseded: 'superseded by a newer version',
  'rollback-failed': 'rollback failed: a person is needed',
}

/** Where a rollout stands, in one line: `v4 → production: canary 5 % (step 3 of 5)`. */
export function rolloutLine(state: RolloutState): string {
  const { rollout, stable } = state
  if (rollout === null)
    return stable === null ? 'nothing is serving yet' : `v${stable.version} serves ${state.environment}`
  const stage = rollout.stages[rollout.step]
  const where = rollout.phase === 'canary' && stage ? stageName(stage) : WORDS[rollout.phase]
  const step = isOver(rollout.phase) ? '' : ` (step ${rollout.step + 1} of ${stagesOf(rollout).length})`
  return `v${rollout.to.version} → ${state.environment}: ${where}${step}${rollout.held ? ', held' : ''}`
}

/** A first version is loaded and verified, and then serves: it has no other stages. */
const stagesOf = ({ from, stages }: ActiveRollout): readonly StageConfig[] =>
  from === null ? stages.slice(0, 1) : stages

const isOver = (phase: RolloutPhase): boolean =>
  ['promoted', 'rolled-back', 'superseded', 'rollback-failed'].includes(phase)

export interface RolloutComment {
  /** Finds the comment again: one for each model on a pull request. */
  readonly marker: string
  readonly body: string
}

/** The comment on a merged pull request that follows its rollout; without clocks, so that a quiet tick changes nothing. */
export function renderRolloutComment(state: RolloutState): RolloutComment {
  const marker = `<!-- refit:rollout=${state.model} -->`
  const blocks =
    state.rollout === null ? [paragraph(sentence(rolloutLine(state)))] : progressBlocks(state, state.rollout)
  return { marker, body: `${marker}\n${blocksMarkdown(blocks)}\n` }
}

function progressBlocks(state: RolloutState, rollout: ActiveRollout): readonly Block[] {
  const blocks: Block[] = [
    { kind: 'headline', status: phaseStatus(rollout), text: sentence(rolloutLine(state)).slice(0, -1) },
  ]
  if (rollout.outcome !== null) blocks.push(paragraph(sentence(rollout.outcome)))
  if (rollout.held !== null) {
    const text: Inline = [
      strong('Held'),
      ` by ${rollout.held.by}: ${sentence(rollout.held.reason)} Guardrails keep running.`,
    ]
    blocks.push({ kind: 'callout', status: 'unknown', lines: [text] })
  }
  if (rollout.blindSince !== null) {
    const text =
      'The source of evidence does not answer. Nothing advances; an exposed candidate is rolled back when this lasts.'
    blocks.push({ kind: 'callout', status: 'unknown', lines: [text] })
  }
  blocks.push(
    table(
      'Stages',
      ['', 'Stage', 'Goes on after'],
      stagesOf(rollout).map((stage, index) => stageRow(rollout, stage, index)),
    ),
  )
  if (rollout.from !== null && rollout.guardrailStates.length > 0) blocks.push(guardrailTable(rollout.guardrailStates))
  if (rollout.outcomeNote != null) blocks.push(paragraph(sentence(rollout.outcomeNote)))
  return blocks
}

function phaseStatus(rollout: ActiveRollout): Status {
  if (rollout.phase === 'promoted') return 'good'
  if (['rolling-back', 'rolled-back', 'rollback-failed'].includes(rollout.phase)) return 'bad'
  return rollout.held === null ? 'none' : 'unknown'
}

function stageRow(rollout: ActiveRollout, stage: StageConfig, index: number): readonly Inline[] {
  const done = rollout.phase === 'promoted' || index < rollout.step
  const here = index === rollout.step && !isOver(rollout.phase)
  const name = stageName(stage)
  return [done ? 'done' : here ? strong('here') : '', here ? strong(name) : name, stageCondition(stage) || 'healthy']
}

function guardrailTable(states: readonly GuardrailState[]): Block {
  const mean = (arm: { readonly n: number; readonly sum: number }): string =>
    arm.n === 0 ? 'undefined' : formatNumber(arm.sum / arm.n, { digits: 4 })
  const rows = states.map((state): readonly Inline[] => [
    state.guardrail,
    state.verdict === 'fail' ? strong('fail') : state.verdict.replace('-', ' '),
    `${mean(state.stable)} (${formatNumber(state.stable.n)})`,
    `${mean(state.candidate)} (${formatNumber(state.candidate.n)})`,
    sentence(state.sentence),
  ])
  return table('Guardrails', ['Guardrail', 'Verdict', '>Stable (callers)', '>Candidate (callers)', 'Reading'], rows)
}
