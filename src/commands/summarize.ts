import { formatPlace } from '../core/error.ts'
import { renderSummary, type ModelOutcome, type ModelSummary } from '../report/summary.ts'
import { readingText } from './reading.ts'
import type { ModelRun, Outcome, Run } from './run.ts'
import { REFIT_VERSION } from './version.ts'

/** The step summary of a run: always something, also when nothing fired and when the run failed. */
export function summarize(run: Run, command: string): string {
  const notes = [...run.notes, ...(run.errors ?? []).map((error) => error.message)]
  return renderSummary({
    command,
    refitVersion: REFIT_VERSION,
    models: run.models.map(modelSummary),
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  })
}

function modelSummary(model: ModelRun): ModelSummary {
  const { error } = model
  return {
    name: model.model,
    outcome: model.rollout?.phase === 'rolled-back' ? 'rolled-back' : outcomeOf(model),
    triggers: model.triggers,
    findings: model.findings,
    notes: model.notes,
    hints: model.hints,
    reading: model.data && readingText(model.data),
    record: model.record,
    pullRequest: model.pullRequest,
    rollout: model.rollout?.state,
    sentence: error === undefined ? model.note || undefined : model.decision?.sentence,
    error: error && { sentence: error.message, place: error.place && formatPlace(error.place), hint: error.hint },
    reportPath: model.reportPath,
  }
}

/** Something fired and was held back: that is not “nothing fired”. */
function outcomeOf({ outcome, triggers }: ModelRun): ModelOutcome {
  const held = outcome === 'quiet' && triggers.some(({ status }) => status === 'fired')
  return held ? 'skipped' : OUTCOMES[outcome]
}

const OUTCOMES: Readonly<Record<Outcome, ModelOutcome>> = {
  quiet: 'quiet',
  fired: 'skipped',
  proposed: 'proposed',
  updated: 'updated',
  unchanged: 'unchanged',
  draft: 'draft',
  'gate-failed': 'failed-gate',
  'dry-run': 'skipped',
  rollout: 'rollout',
  nothing: 'skipped',
  error: 'error',
}
