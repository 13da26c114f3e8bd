import type { QualityFinding } from '../data/types.ts'
import type { RolloutState } from '../rollout/types.ts'
import type { TriggerResult } from '../triggers/types.ts'
import {
  code,
  details,
  link,
  paragraph,
  status,
  strong,
  table,
  type Block,
  type Inline,
  type Section,
  type Status,
} from './document.ts'
import { fitSections } from './fit.ts'
import { doubts, evidenceText, headline, sentence } from './sections/verdict.ts'
import { metricsSection } from './sections/metrics.ts'
import { driftTable } from './sections/drift.ts'
import { sectionMarkdown } from './render/markdown.ts'
import { outcomeStatus } from './record-view.ts'
import { rolloutLine } from './rollout-text.ts'
import type { RunRecord } from './run-record.ts'
import { findingBlocks } from './sections/data.ts'
import { triggerTable } from './sections/triggers.ts'

/** GitHub takes 1 MiB; a character is at most three bytes. */
const MAX_SUMMARY = 300_000

export type ModelOutcome =
  | 'quiet'
  | 'proposed'
  | 'updated'
  | 'unchanged'
  | 'draft'
  | 'failed-gate'
  | 'rollout'
  | 'rolled-back'
  | 'skipped'
  | 'error'

export interface ModelSummary {
  readonly name: string
  readonly outcome: ModelOutcome
  readonly triggers: readonly TriggerResult[]
  /** What is wrong with the new rows. */
  readonly findings?: readonly QualityFinding[] | undefined
  /** How the gaps of the configuration were filled. */
  readonly notes?: readonly string[] | undefined
  /** What could not be looked at for want of a column that is there but not named. */
  readonly hints?: readonly string[] | undefined
  /** What it took to see them: `400 rows of 1 file read`. */
  readonly reading?: string | undefined
  readonly record?: RunRecord | undefined
  readonly pullRequest?: { readonly number: number; readonly url: string } | undefined
  readonly rollout?: RolloutState | undefined
  /** What else there is to say: what a tick did, why a model was skipped. */
  readonly sentence?: string | undefined
  readonly error?:
    | { readonly sentence: string; readonly place?: string | undefined; readonly hint?: string | undefined }
    | undefined
  /** Where the HTML report lies in the workspace. */
  readonly reportPath?: string | undefined
}

/** What one run of the Action did. Filled by the commands. */
export interface RunSummary {
  readonly command: string
  readonly refitVersion: string
  readonly models: readonly ModelSummary[]
  /** Why there is nothing to say about models: an event that asks for nothing, a configuration that cannot be read. */
  readonly note?: string | undefined
}

const OUTCOMES: Readonly<Record<ModelOutcome, { readonly words: string; readonly status: Status }>> = {
  quiet: { words: 'nothing fired', status: 'none' },
  proposed: { words: 'pull request opened', status: 'good' },
  updated: { words: 'pull request updated', status: 'good' },
  unchanged: { words: 'nothing new', status: 'none' },
  draft: { words: 'draft: not proven yet', status: 'unknown' },
  'failed-gate': { words: 'a gate failed, nothing proposed', status: 'bad' },
  rollout: { words: 'rollout', status: 'none' },
  'rolled-back': { words: 'rolled back', status: 'bad' },
  skipped: { words: 'skipped', status: 'none' },
  error: { words: 'error', status: 'bad' },
}

/** The step summary: what was checked, what each trigger saw, what came of it; on every run. */
export function renderSummary(input: RunSummary): string {
  const sections: Section[] = [overview(input), ...input.models.map(modelSection)]
  const text = fitSections(sections, MAX_SUMMARY, {
    render: (section) => sectionMarkdown(section, {}, section.id === 'overview' ? 2 : 3),
    cut: (block, rows) =>
      block.rows.length <= rows
        ? [block]
        : [{ ...block, rows: block.rows.slice(0, rows) }, paragraph(`${rows} of ${block.rows.length} rows are shown.`)],
    drop: (section) => ({ ...section, blocks: [paragraph('No room here: see the record of this model.')] }),
  })
  return `${text}\n`
}

function overview(input: RunSummary): Section {
  const blocks: Block[] = []
  if (input.note !== undefined) blocks.push(paragraph(sentence(input.note)))
  const rows = input.models.map((model): readonly Inline[] => [
    strong(model.name),
    outcomeText(model),
    fired(model.triggers),
    model.pullRequest ? link(`#${model.pullRequest.number}`, model.pullRequest.url) : '–',
    model.rollout ? rolloutLine(model.rollout) : '–',
  ])
  blocks.push(table('Models', ['Model', 'Outcome', 'Fired', 'Pull request', 'Rollout'], rows))
  if (rows.length === 0 && input.note === undefined) blocks.push(paragraph('No model was concerned.'))
  return { id: 'overview', title: `Refit: ${input.command}`, importance: 10, blocks }
}

function outcomeText(model: ModelSummary): Inline {
  const { status: mark, words } = OUTCOMES[model.outcome]
  const unknown = model.outcome === 'quiet' && model.triggers.some((trigger) => trigger.status === 'unchecked')
  return [status(mark), `${mark === 'none' ? '' : ' '}${words}${unknown ? ', not all could be checked' : ''}`]
}

function fired(triggers: readonly TriggerResult[]): string {
  const names = triggers
    .filter((trigger) => trigger.status === 'fired')
    .map((trigger) => (trigger.onlyReport === true ? `${trigger.trigger} (only reported)` : trigger.trigger))
  const open = triggers.filter((trigger) => trigger.status === 'unchecked').length
  const checked = triggers.filter((trigger) => trigger.status === 'quiet' || trigger.status === 'fired').length
  if (triggers.length === 0) return 'not checked'
  return `${names.join(', ') || 'none'} (${checked} checked${open > 0 ? `, ${open} could not be` : ''})`
}

function modelSection(model: ModelSummary): Section {
  const blocks: Block[] = []
  if (model.error) {
    const { sentence: text, place, hint } = model.error
    blocks.push({
      kind: 'callout',
      status: 'bad',
      lines: [[place ? [code(place), ': '] : '', sentence(text), hint ? ` ${sentence(hint)}` : '']],
    })
  }
  if (model.sentence !== undefined) blocks.push(paragraph(sentence(model.sentence)))
  if (model.record) blocks.push(...recordBlocks(model.record))
  // A retraining shows its own doubts.
  else if (model.hints?.length) blocks.push({ kind: 'callout', status: 'unknown', lines: model.hints.map(sentence) })
  if (model.triggers.length > 0) blocks.push(triggerTable(model.triggers))
  const drift = model.triggers.flatMap((trigger) => trigger.evidence)
  if (drift.length > 0) {
    const moved = drift.filter((column) => column.drifted).length
    blocks.push(details(`Columns: ${moved} of ${drift.length} drifted`, [driftTable(drift)]))
  }
  // A retraining shows what it found itself.
  if (model.record === undefined) {
    blocks.push(...findingBlocks(model.findings ?? []))
    for (const note of model.notes ?? []) blocks.push(paragraph(sentence(note)))
  }
  if (model.reading !== undefined) blocks.push(paragraph('Data: ', sentence(model.reading)))
  if (model.rollout?.rollout) blocks.push(paragraph('Rollout: ', sentence(rolloutLine(model.rollout))))
  if (model.reportPath !== undefined) blocks.push(paragraph('Report: ', code(model.reportPath)))
  if (blocks.length === 0) blocks.push(paragraph(sentence(OUTCOMES[model.outcome].words)))
  return { id: 'model', title: model.name, importance: model.outcome === 'quiet' ? 3 : 5, blocks }
}

function recordBlocks(record: RunRecord): readonly Block[] {
  const outcome = outcomeStatus(record.verdict.outcome)
  const lines = doubts(record)
  return [
    paragraph(status(outcome), ' ', strong(headline(record)), '. ', evidenceText(record)),
    ...(lines.length === 0 ? [] : [{ kind: 'callout' as const, status: 'unknown' as const, lines }]),
    details('Metrics and gates', metricsSection(record).blocks),
  ]
}
