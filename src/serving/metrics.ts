import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Arm } from './evidence-store.ts'
import type { Counted } from './outcomes.ts'

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

/** Prometheus metrics of one gateway; a registry of its own, so that two gateways in a process do not mix. */
export interface Metrics {
  request(model: string, version: number, arm: Arm, ms: number, failed: boolean): void
  /** A request that got an error: malformed, unknown model, too large, or one its version could not answer. */
  rejected(status: number): void
  /** A request that no loaded version could have answered. */
  refused(model: string): void
  /** Outcomes without a prediction, predictions without an outcome, requests that were not mirrored. */
  counted(model: string, what: Counted, n: number): void
  /** Predictions that wait for their outcome, and whether a restart would find everything again. */
  memory(model: string, waiting: number, kept: boolean): void
  outcome(model: string, arm: Arm): void
  synced(model: string, generation: number, percent: number, loaded: readonly { version: number; role: string }[]): void
  syncFailed(): void
  syncedAt(ms: number): void
  text(): Promise<string>
  readonly contentType: string
}

export function createMetrics(): Metrics {
  const registers = [new Registry()]
  const registry = registers[0] as Registry
  const arms = ['model', 'version', 'arm'] as const
  const requests = new Counter({
    name: 'refit_gateway_requests_total',
    help: 'Requests that a version answered or mirrored.',
    labelNames: arms,
    registers,
  })
  const errors = new Counter({
    name: 'refit_gateway_request_errors_total',
    help: 'Requests that a version could not answer, and another could, or failed at.',
    labelNames: arms,
    registers,
  })
  const latency = new Histogram({
    name: 'refit_gateway_request_duration_seconds',
    help: 'What a version took to validate, transform and score a request.',
    labelNames: arms,
    buckets: SECONDS,
    registers,
  })
  const rejected = new Counter({
    name: 'refit_gateway_rejected_total',
    help: 'Requests that got an error, by HTTP status.',
    labelNames: ['status'] as const,
    registers,
  })
  const refused = new Counter({
    name: 'refit_gateway_refused_total',
    help: 'Requests that no loaded version could have answered: the mistakes of their callers.',
    labelNames: ['model'] as const,
    registers,
  })
  const dropped = new Counter({
    name: 'refit_gateway_mirror_dropped_total',
    help: 'Requests that were not mirrored because the queue was full.',
    labelNames: ['model'] as const,
    registers,
  })
  const outcomes = new Counter({
    name: 'refit_gateway_outcomes_total',
    help: 'Outcomes that were matched to a prediction.',
    labelNames: ['model', 'arm'] as const,
    registers,
  })
  const unused = new Counter({
    name: 'refit_gateway_outcomes_refused_total',
    help: 'Outcomes of no known prediction (unmatched), or with a label that the model does not know (rejected).',
    labelNames: ['model', 'reason'] as const,
    registers,
  })
  const forgotten = new Counter({
    name: 'refit_gateway_predictions_forgotten_total',
    help: 'Predicted rows forgotten before their outcome came: for want of room (evicted), of age (expired), their id came again (replaced).',
    labelNames: ['model', 'reason'] as const,
    registers,
  })
  const lost = new Counter({
    name: 'refit_gateway_records_lost_total',
    help: 'Records that a stop of the gateway has cost.',
    labelNames: ['model'] as const,
    registers,
  })
  const waiting = new Gauge({
    name: 'refit_gateway_predictions_waiting',
    help: 'Predicted rows that wait for their outcome.',
    labelNames: ['model'] as const,
    registers,
  })
  const kept = new Gauge({
    name: 'refit_gateway_evidence_kept',
    help: 'Whether a restart would find the evidence again (1).',
    labelNames: ['model'] as const,
    registers,
  })
  const loaded = new Gauge({
    name: 'refit_gateway_loaded_version',
    help: 'Versions that are loaded and verified (1), by role.',
    labelNames: ['model', 'version', 'role'] as const,
    registers,
  })
  const generation = new Gauge({
    name: 'refit_gateway_generation',
    help: 'Generation of the effective file that is in force.',
    labelNames: ['model'] as const,
    registers,
  })
  const percent = new Gauge({
    name: 'refit_gateway_candidate_percent',
    help: 'Percent of the callers that the candidate answers.',
    labelNames: ['model'] as const,
    registers,
  })
  const failures = new Counter({ name: 'refit_gateway_sync_failures_total', help: 'Failed looks at git.', registers })
  const lastSync = new Gauge({
    name: 'refit_gateway_last_sync_timestamp_seconds',
    help: 'When git was last read.',
    registers,
  })
  const shown = new Map<string, readonly { version: number; role: string }[]>()
  return {
    request(model, version, arm, ms, failed) {
      const labels = { model, version: String(version), arm }
      requests.inc(labels)
      if (failed) errors.inc(labels)
      latency.observe(labels, ms / 1000)
    },
    rejected: (status) => rejected.inc({ status: String(status) }),
    refused: (model) => refused.inc({ model }),
    counted(model, what, n) {
      if (what === 'unmirrored') dropped.inc({ model }, n)
      else if (what === 'unmatched' || what === 'rejected') unused.inc({ model, reason: what }, n)
      else if (what === 'lost') lost.inc({ model }, n)
      else if (what !== 'matched') forgotten.inc({ model, reason: what }, n)
    },
    memory(model, predictions, isKept) {
      waiting.set({ model }, predictions)
      kept.set({ model }, isKept ? 1 : 0)
    },
    outcome: (model, arm) => outcomes.inc({ model, arm }),
    synced(model, at, share, versions) {
      generation.set({ model }, at)
      percent.set({ model }, share)
      for (const { version, role } of shown.get(model) ?? []) loaded.remove({ model, version: String(version), role })
      for (const { version, role } of versions) loaded.set({ model, version: String(version), role }, 1)
      shown.set(model, versions)
    },
    syncFailed: () => failures.inc(),
    syncedAt: (ms) => lastSync.set(ms / 1000),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
