import { failed, type ModelRun, type Run } from './run.ts'

/** The Action's outputs, as `action.yml` declares them; a test holds both together. */
export const OUTPUTS = [
  'fired',
  'reason',
  'outcome',
  'verdict',
  'candidate-version',
  'pull-request-number',
  'pull-request-url',
  'rollout-stage',
  'report-path',
  'metrics',
  'models',
] as const
export type OutputName = (typeof OUTPUTS)[number]

/** All outputs as text. The single-model ones speak of the first model that has something to say. */
export function runOutputs(run: Run): Readonly<Record<OutputName, string>> {
  const first =
    run.models.find((model) => model.record !== undefined) ??
    run.models.find((model) => model.outcome !== 'quiet') ??
    run.models[0]
  const single = first === undefined ? modelOutputs(undefined) : modelOutputs(first)
  return {
    ...single,
    ...(first === undefined && failed(run) ? { outcome: 'error' } : {}),
    fired: String(run.models.some(hasFired)),
    reason: run.models.flatMap(firedSentences).join('\n'),
    models: JSON.stringify(Object.fromEntries(run.models.map((model) => [model.model, modelOutputs(model)]))),
  }
}

function modelOutputs(model: ModelRun | undefined): Readonly<Record<Exclude<OutputName, 'models'>, string>> {
  const metrics = model?.record?.evaluation.candidate.metrics ?? []
  return {
    fired: String(model !== undefined && hasFired(model)),
    reason: model === undefined ? '' : firedSentences(model).join('\n'),
    outcome: model?.outcome ?? 'nothing',
    verdict: model?.record?.verdict.outcome ?? '',
    'candidate-version': text(model?.record?.candidateVersion),
    'pull-request-number': text(model?.pullRequest?.number),
    'pull-request-url': text(model?.pullRequest?.url),
    'rollout-stage': model?.rollout?.phase ?? '',
    'report-path': model?.reportPath ?? '',
    metrics: JSON.stringify(Object.fromEntries(metrics.map(({ metric, value }) => [metric, value]))),
  }
}

function hasFired(model: ModelRun): boolean {
  return model.triggers.some(counts)
}

function firedSentences(model: ModelRun): readonly string[] {
  return model.triggers.filter(counts).map((trigger) => trigger.sentence)
}

/** Fired, and not only to be reported. */
function counts({ status, onlyReport }: ModelRun['triggers'][number]): boolean {
  return status === 'fired' && onlyReport !== true
}

function text(value: number | string | undefined): string {
  return value === undefined ? '' : String(value)
}
