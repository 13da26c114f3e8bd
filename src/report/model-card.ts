import { count } from '../core/text.ts'
import { code, list, paragraph, table, type Block, type Inline, type Section } from './document.ts'
import { candidateName, championName, recordPath, sliceName } from './record-view.ts'
import { sectionMarkdown } from './render/markdown.ts'
import type { RunRecord } from './run-record.ts'
import { behaviourSection } from './sections/behaviour.ts'
import { certaintySection } from './sections/certainty.ts'
import { dataSection, windowText } from './sections/data.ts'
import { definitionsSection } from './sections/definitions.ts'
import { fairnessSection } from './sections/fairness.ts'
import { metricsSection } from './sections/metrics.ts'
import { slicesSection } from './sections/slices.ts'
import { trainingSection } from './sections/training.ts'
import { evidenceText, headline, sentence } from './sections/verdict.ts'

/** The model card beside the artifact: what this version is, what it was measured to do, and where it may fail. */
export function renderModelCard(record: RunRecord): string {
  const title: Section = {
    id: 'card',
    title: `Model card: ${record.model} ${candidateName(record)}`,
    importance: 10,
    blocks: [paragraph(`${headline(record)}. ${evidenceText(record)}`)],
  }
  const parts = [
    section('What it does', purpose(record)),
    section('Intended use', intendedUse(record)),
    dataSection(record),
    trainingSection(record),
    metricsSection(record),
    certaintySection(record),
    slicesSection(record),
    fairnessSection(record) ?? section('Fairness', [paragraph(NO_FAIRNESS)]),
    behaviourSection(record) ?? section('Behaviour', [paragraph('No behaviour check was made.')]),
    section('Limits', limits(record)),
    section('How to roll back', rollBack(record)),
  ].filter((part) => part !== undefined)
  parts.push({ ...definitionsSection(record, parts), title: 'Definitions' })
  const intro = sectionMarkdown(title, { stable: true }, 1)
  return `${intro}\n\n${parts.map((part) => sectionMarkdown(part, { stable: true }, 2)).join('\n\n')}\n`
}

const section = (title: string, blocks: readonly Block[]): Section => ({ id: 'part', title, importance: 5, blocks })

const TASKS = {
  binary: 'whether the label is the positive class, as a probability',
  multiclass: 'which class a row belongs to, as one probability a class',
  regression: 'a number, in the unit of the label',
} as const

function purpose(record: RunRecord): readonly Block[] {
  const label = record.data.columns.find((column) => column.role === 'label')
  const features = record.data.columns.filter((column) => column.role === 'feature')
  const rows: (readonly Inline[])[] = [
    ['Predicts', [label ? [code(label.name), ': '] : '', TASKS[record.task]]],
    ['From', count(features.length, 'column')],
    ['Trained', record.startedAt],
    ['Replaces', record.champion === null ? 'nothing: it is the first version' : championName(record)],
    ['Artifact', code(record.artifact.digest)],
  ]
  return [table('What it does', ['What', 'Value'], rows)]
}

/**
 * What a model card asks for (Mitchell et al. 2019) and no machine knows. Said to be missing, because a guess would be
 * read as a promise.
 */
function intendedUse(record: RunRecord): readonly Block[] {
  const missing = 'Not stated.'
  const rows: (readonly Inline[])[] = [
    ['Intended uses and users', missing],
    ['Uses that are out of scope', missing],
    ['Who is affected by a wrong decision, and how', missing],
    ['Who answers for it', missing],
  ]
  const where = `models/${record.model}/README.md`
  return [
    paragraph(
      'Refit knows what was measured, not what the model is meant for: that only its owners can say. This card is written anew with every version, so their answers belong where they last, for example in ',
      code(where),
      '.',
    ),
    table('Intended use', ['Question', 'Answer'], rows),
  ]
}

const NO_FAIRNESS =
  'No protected column is configured (evaluate.fairness.protected): fairness was not measured. That is no sign that the model is fair.'

/** Only what the record shows: nothing here is boilerplate. */
function limits(record: RunRecord): readonly Block[] {
  const { evaluation, data } = record
  const small = evaluation.slices.filter((slice) => slice.small)
  const worse = evaluation.slices.filter((slice) => slice.comparison?.conclusion === 'worse' && !slice.small)
  const unfit = record.data.columns.filter((column) => column.notes.length > 0)
  const items: Inline[] = [
    data.window
      ? `It was made from data of ${windowText(data.window)}${judgedOn(data.heldOut)}; nothing was measured outside of that.`
      : 'The data has no time column: nothing is known about how it ages.',
    ...evaluation.warnings.map(sentence),
    ...(evaluation.segments?.worst ?? [])
      .filter((found) => found.significant)
      .map((found): Inline => [
        'It does worse than elsewhere where ',
        code(found.name),
        ` (${count(found.rows, 'held-out row')}).`,
      ]),
    ...(evaluation.behaviour ?? [])
      .filter((check) => check.status === 'warn' || check.status === 'fail')
      .map((check) => `Behaviour: ${sentence(check.sentence)}`),
    ...(evaluation.dataBias ?? []).flatMap((bias) => bias.warnings.map(sentence)),
    ...(evaluation.holdoutUse && evaluation.holdoutUse.status !== 'fresh'
      ? [sentence(evaluation.holdoutUse.sentence)]
      : []),
    ...worse.map((slice): Inline => ['It is worse than its predecessor where ', code(sliceName(slice)), '.']),
    ...small.map((slice): Inline => [
      code(sliceName(slice)),
      ` has ${count(slice.rows, 'held-out row')}: too few to judge.`,
    ]),
    ...evaluation.candidate.metrics.flatMap((metric) =>
      metric.value === null ? [`${metric.metric} is undefined${metric.reason ? `: ${metric.reason}` : ''}.`] : [],
    ),
    ...(evaluation.holdout.championSafe || evaluation.champion === null
      ? []
      : ['Some held-out rows may have been seen by the previous version: the comparison may favour it.']),
    ...record.quality.map((finding) => sentence(finding.sentence)),
    ...unfit.map((column): Inline => [code(column.name), `: ${sentence(column.notes.join('; '))}`]),
  ]
  return [list(items.slice(0, 60))]
}

/** Rows in files of their own may lie outside of the window. */
function judgedOn(heldOut: RunRecord['data']['heldOut']): string {
  if (heldOut === undefined) return ''
  const { window } = heldOut
  return ` and judged on ${window === undefined ? 'rows in files of their own' : `data of ${windowText(window)}`}`
}

function rollBack(record: RunRecord): readonly Block[] {
  const gateway = record.rollout.target !== 'none'
  if (record.champion === null) {
    const instead = gateway ? ' Remove the model from the gateway instead.' : ''
    return [paragraph(`It is the first version: there is none to go back to.${instead}`)]
  }
  if (!gateway) {
    return [
      paragraph(
        `The merge is the promotion: revert the pull request that brought this version, and the manifest names ${championName(record)} (`,
        code(record.champion.digest),
        ') again. Everything measured is in ',
        code(recordPath(record)),
        '.',
      ),
    ]
  }
  return [
    { kind: 'code', language: 'sh', text: `refit rollback --model ${record.model} --reason "what is wrong"` },
    paragraph(
      'On GitHub a comment says the same: ',
      code(`/refit rollback ${record.model} what is wrong`),
      `. It puts all callers back on ${championName(record)} (`,
      code(record.champion.digest),
      ') at once and opens the pull request that reverts the manifest. Everything measured is in ',
      code(recordPath(record)),
      '.',
    ),
  ]
}
