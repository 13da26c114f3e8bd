import type {
  Config,
  DataConfig,
  Expectations,
  GuardrailConfig,
  ModelConfig,
  ParsedConfig,
  RolloutConfig,
  StageConfig,
} from './schema.ts'
import { dataObject } from './schema/data.ts'
import { guardrail } from './schema/rollout.ts'

export type ParsedModel = ParsedConfig['models'][string]

/** Every shorthand written out. Expects what the schema and the semantic checks have accepted. */
export function expandConfig(parsed: ParsedConfig): Config {
  const models = Object.entries(parsed.models).map(([name, model]) => [name, expandModel(name, model)] as const)
  return { models: Object.fromEntries(models), dashboard: parsed.dashboard }
}

function expandModel(name: string, model: ParsedModel): ModelConfig {
  return {
    name,
    task: model.task,
    data: expandData(model),
    expect: expandExpectations(model.expect),
    triggers: model.triggers,
    train: model.train,
    evaluate: model.evaluate,
    gates: model.gates,
    rollout: expandRollout(model.rollout),
    alerts: model.alerts,
  }
}

/** `data: <glob>` and `data: {source: <glob>}` mean the same, as do `label` beside and within `data`. */
export function expandData(model: Pick<ParsedModel, 'data' | 'label'>): DataConfig {
  const plain = typeof model.data === 'string' || Array.isArray(model.data)
  const data = plain
    ? dataObject.parse({ source: model.data })
    : (model.data as Exclude<ParsedModel['data'], string | string[]>)
  return { ...data, label: data.label ?? model.label ?? '' }
}

function expandExpectations({ rows, ...columns }: ParsedModel['expect']): Expectations {
  return { rows: rows ?? {}, columns: columns as Expectations['columns'] }
}

/** Where `refit serve` listens by default. */
export const LOCAL_GATEWAY = 'http://127.0.0.1:8080'

function expandRollout(rollout: ParsedModel['rollout']): RolloutConfig {
  const { url } = rollout.gateway
  const target = rollout.target ?? (url === undefined ? 'none' : 'gateway')
  return {
    ...rollout,
    target,
    gateway: target === 'gateway' ? { url: url ?? LOCAL_GATEWAY } : rollout.gateway,
    stages: rollout.stages.map(expandStage),
    guardrails: rollout.guardrails.map(expandGuardrail),
  }
}

export function expandStage(stage: ParsedModel['rollout']['stages'][number]): StageConfig {
  if (typeof stage === 'string') return BARE[stage]
  if ('canary' in stage) return { kind: 'canary', ...stage.canary }
  if ('shadow' in stage) return { kind: 'shadow', ...stage.shadow }
  return 'staging' in stage ? { kind: 'staging', ...stage.staging } : { kind: 'full', ...stage.full }
}

/** What a stage means that is only named: enough evidence to be worth the stage. */
const BARE: Readonly<Record<StageConfig['kind'], StageConfig>> = {
  staging: { kind: 'staging', for: 0, requests: 0 },
  shadow: { kind: 'shadow', for: 0, requests: 1000 },
  canary: { kind: 'canary', percent: 5, for: 3_600_000, requests: 0 },
  full: { kind: 'full', for: 0, requests: 0 },
}

function expandGuardrail(entry: ParsedModel['rollout']['guardrails'][number]): GuardrailConfig {
  const full = typeof entry === 'string' ? guardrail.parse({ [entry]: {} }) : entry
  if (typeof full === 'string') throw new TypeError(`a guardrail without settings: ${full}`)
  if ('latency' in full) return { kind: 'latency', ...full.latency }
  if ('error-rate' in full) return { kind: 'error-rate', ...full['error-rate'] }
  return 'outcome' in full
    ? { kind: 'outcome', ...full.outcome }
    : { kind: 'prediction-shift', ...full['prediction-shift'] }
}
