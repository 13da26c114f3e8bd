import type { ManifestChange } from '../report/run-record.ts'
import type { Manifest } from './manifest.ts'

/**
 * What a reviewer wants to know of the change of a manifest: a few lines, not a diff. Without `before` (a first version)
 * every line is new. Metrics are left out: the report shows them with their intervals.
 */
export function manifestChanges(before: Manifest | null, after: Manifest): readonly ManifestChange[] {
  const lines = LINES.map(({ path, show }) => ({
    path,
    before: before === null ? null : show(before),
    after: show(after),
  }))
  return [...lines, ...inputChanges(before, after)].filter((change) => change.before !== change.after)
}

const LINES: readonly { readonly path: string; readonly show: (manifest: Manifest) => string | null }[] = [
  { path: 'version', show: (manifest) => String(manifest.version) },
  { path: 'task', show: (manifest) => manifest.task },
  { path: 'artifact.digest', show: (manifest) => `${manifest.artifact.digest.slice(0, 19)}…` },
  {
    path: 'artifact.bytes',
    show: (manifest) => number(manifest.artifact.files.reduce((sum, file) => sum + file.bytes, 0)),
  },
  { path: 'artifact.format', show: (manifest) => manifest.artifact.format },
  { path: 'training.model', show: ({ training }) => `${training.trainer} ${training.model}` },
  { path: 'training.engine', show: (manifest) => manifest.training.engine },
  { path: 'training.rows', show: (manifest) => number(manifest.training.rows) },
  {
    path: 'training.window',
    show: ({ training: { window } }) =>
      window === null ? null : `${window.from.slice(0, 10)} to ${window.to.slice(0, 10)}`,
  },
  {
    path: 'signature.classes',
    show: ({ signature: { classes } }) => (classes.length === 0 ? null : classes.join(', ')),
  },
  {
    path: 'signature.threshold',
    show: ({ signature: { threshold } }) => (threshold === null ? null : String(Number(threshold.toPrecision(4)))),
  },
  { path: 'evaluation.primary', show: (manifest) => manifest.evaluation.primary },
  { path: 'rollout.environment', show: (manifest) => manifest.rollout.environment },
  { path: 'rollout.stages', show: (manifest) => JSON.stringify(manifest.rollout.stages) },
]

/** Inputs by name: callers of the model have to send different columns now. */
function inputChanges(before: Manifest | null, after: Manifest): readonly ManifestChange[] {
  if (before === null) return [{ path: 'signature.inputs', before: null, after: number(after.signature.inputs.length) }]
  const old = new Map(before.signature.inputs.map((input) => [input.name, input.datatype]))
  const now = new Map(after.signature.inputs.map((input) => [input.name, input.datatype]))
  return [...new Set([...old.keys(), ...now.keys()])].map((name) => ({
    path: `signature.inputs.${name}`,
    before: old.get(name) ?? null,
    after: now.get(name) ?? null,
  }))
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
