import { parse, stringify } from 'yaml'
import { parseConfig } from '../../config/load.ts'
import type { ModelConfig } from '../../config/schema.ts'
import { RefitError } from '../../core/error.ts'
import type { PolicyRun, SweepPoint } from '../../report/backtest-types.ts'

/** More combinations than this are a mistake or a night's work. */
const MAX_POINTS = 64
const PARTS = new Set(['train', 'evaluate', 'data', 'gates', 'expect', 'triggers', 'rollout'])

/** `drift.psi=0.1,0.2` → the path within the model, and the texts to try. Without a part it is one of the triggers. */
export interface SweepAxis {
  readonly name: string
  readonly path: readonly string[]
  readonly values: readonly string[]
}

export function parseSweep(words: readonly string[]): readonly SweepAxis[] {
  return words.map((word) => {
    const match = /^([a-z0-9-]+(?:\.[a-z0-9-]+)*)=(.+)$/i.exec(word)
    if (match === null) {
      throw new RefitError('usage', `--sweep does not understand “${word}”`, {
        hint: 'Write a setting and the values to try: --sweep drift.psi=0.1,0.2 performance.drop=0.03,0.05',
      })
    }
    const [, name = '', list = ''] = match
    const parts = name.split('.')
    const path = PARTS.has(parts[0] as string) ? parts : ['triggers', ...parts]
    return { name, path, values: list.split(',').map((value) => value.trim()) }
  })
}

/** Every combination, as the settings and the model's configuration with them. The values are checked like the file itself. */
export function combinations(
  axes: readonly SweepAxis[],
  configText: string,
  model: string,
): readonly { readonly settings: Readonly<Record<string, string>>; readonly model: ModelConfig }[] {
  let all: readonly Readonly<Record<string, string>>[] = [{}]
  for (const { name, values } of axes) all = all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })))
  if (all.length > MAX_POINTS) {
    throw new RefitError('usage', `the sweep has ${all.length} combinations, at most ${MAX_POINTS} are tried`, {
      hint: 'Try fewer values, or one setting after the other.',
    })
  }
  return all.map((settings) => {
    const document = parse(configText) as { models: Record<string, Record<string, unknown>> }
    const place = document.models[model]
    if (place === undefined) throw new RefitError('usage', `there is no model named “${model}” in the configuration`)
    for (const { name, path } of axes) assign(place, path, parse(settings[name] as string) as unknown)
    const label = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    return {
      settings,
      model: parseConfig(stringify(document), `--sweep ${label.join(' ')}`).models[model] as ModelConfig,
    }
  })
}

function assign(holder: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) {
    holder[key] = value
    return
  }
  const inner = holder[key]
  // `data: <glob>` is the same as `data: {source: <glob>}`.
  const next =
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? (inner as Record<string, unknown>)
      : key === 'data' && inner !== undefined
        ? { source: inner }
        : {}
  holder[key] = next
  assign(next, rest, value)
}

/** Marks the points that no other point beats in score and retrainings at once. */
export function withFrontier(
  points: readonly { readonly settings: Readonly<Record<string, string>>; readonly run: PolicyRun }[],
  direction: 'higher' | 'lower',
): readonly SweepPoint[] {
  const value = (run: PolicyRun): number =>
    run.score === null ? -Infinity : direction === 'higher' ? run.score : -run.score
  return points.map((point) => ({
    ...point,
    frontier: !points.some(
      ({ run }) =>
        (value(run) > value(point.run) && run.retrainings <= point.run.retrainings) ||
        (value(run) >= value(point.run) && run.retrainings < point.run.retrainings),
    ),
  }))
}
