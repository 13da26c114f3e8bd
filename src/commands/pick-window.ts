import type { ModelConfig } from '../config/schema.ts'
import { isoTime } from '../core/clock.ts'
import { formatNumber, formatPercent } from '../core/format.ts'
import { count } from '../core/text.ts'
import { newestValidation } from '../data/split.ts'
import { findColumn, type Table, type TimeColumn } from '../data/table.ts'
import { orderByTime } from '../data/time-order.ts'
import type { Split } from '../data/types.ts'
import { encodeLabels } from '../features/label.ts'
import { createTransform } from '../features/transform.ts'
import type { FeatureSpec } from '../features/types.ts'
import type { WindowChoice } from '../report/run-record.ts'
import { chooseWindow, type TriedWindow } from '../training/window.ts'
import { weightsOf } from './weights.ts'

/** More rows are thinned out evenly for the probe: what a window is worth shows in these. */
const PROBED_ROWS = 50_000

export interface PickOptions {
  readonly model: ModelConfig
  readonly table: Table
  readonly split: Split
  /** Features as they are on all rows. */
  readonly spec: FeatureSpec
}

/**
 * How far back to train with `window: auto`, by rows that are not held out. Undefined where there is no choice: another
 * window is configured, there is no time, or the holdout is a share of all of history, which all of history answers best.
 */
export function pickWindow({ model, table, split, spec }: PickOptions): WindowChoice | undefined {
  const time = timeOf(model, table)
  const { holdout } = model.evaluate
  if (model.train.window !== 'auto' || time === undefined || (holdout !== undefined && 'share' in holdout))
    return undefined
  const pool = notHeldOut(split)
  const ordered = orderByTime(
    time.values,
    pool.filter((row) => !Number.isNaN(time.values[row])),
  )
  const step = Math.max(1, Math.ceil(ordered.length / PROBED_ROWS))
  const { rows, values } = encodeLabels(
    spec,
    table,
    ordered.filter((_, i) => (ordered.length - 1 - i) % step === 0),
  )
  const times = Float64Array.from(rows, (row) => time.values[row] as number)
  const { chosen, tried } = chooseWindow({
    task: spec.task,
    matrix: createTransform(spec)(table, rows),
    labels: values,
    classes: spec.label.classes.length,
    weights: weightsOf(table, model.data.weight, rows),
    times,
  })
  // To the second, as it is written.
  const fromOf = ({ start }: TriedWindow): number => Math.floor((times[start] as number) / 1000) * 1000
  const shown = tried.map((one) => {
    const { rows: probed, tested, loss, all, better } = one
    return { from: isoTime(fromOf(one)), rows: probed * step, tested: tested * step, loss, all, better }
  })
  const of = pool.length
  if (chosen === undefined) return { rows: of, of, from: null, reason: whyAll(tried.length, of), tried: shown }
  const from = fromOf(chosen)
  const newest = pool.reduce((sum, row) => sum + Number((time.values[row] as number) >= from), 0)
  const [own, all] = [chosen.loss, chosen.all].map((loss) => formatNumber(loss, { digits: 3 })) as [string, string]
  const error = spec.task === 'regression' ? 'squared error in standard deviations' : 'Brier score'
  const reason = `the newest ${count(newest, 'row')} (${formatPercent(newest / of)}, since ${isoTime(from)}): on its newer half a linear probe of its older half has a ${error} of ${own}, and one of all rows before ${all}, which is more than chance`
  return { rows: newest, of, from: isoTime(from), reason, tried: shown }
}

function whyAll(tried: number, rows: number): string {
  if (tried === 0) return `all rows: ${count(rows, 'row')} are too few, or of too few times, to choose from`
  return `all rows: of ${count(tried, 'shorter window')} none predicted its newer half better beyond chance`
}

export const notHeldOut = ({ train, validation }: Split): Uint32Array => Uint32Array.from([...train, ...validation])

/** The rows from a time on, the newest of them to validate by; the holdout stays. */
export function windowSplit(model: ModelConfig, table: Table, split: Split, from: number): Split {
  const time = timeOf(model, table)
  if (time === undefined) return split
  const pool = notHeldOut(split).filter((row) => (time.values[row] as number) >= from)
  const parts = newestValidation(pool, time, model.train.validation)
  return parts === undefined ? split : { ...split, train: parts.train.sort(), validation: parts.validation.sort() }
}

function timeOf({ data }: ModelConfig, table: Table): TimeColumn | undefined {
  const column = data.time === undefined ? undefined : findColumn(table, data.time)
  return column?.kind === 'time' ? column : undefined
}
