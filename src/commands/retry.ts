import type { RunRecord } from '../report/run-record.ts'
import type { LastRun } from './memory.ts'

/** A candidate that failed is tried again when this share of new rows could make a difference … */
const AFTER_FAILURE = 0.05
/** … and one that could not be judged, when the rows it lacks have arrived, within these shares. */
const AFTER_OPEN_QUESTION = { least: 0.02, most: 0.1 }
/** Half of the new rows are held out, so that many are needed for each held-out one. */
const NEW_ROWS_PER_HELD_OUT = 2
/**
 * In a stream, where the holdout is the newest half of what is new: as many rows as this share of it. Every try on some of
 * the same rows makes the next comparison stricter (the ledger). So spaced, a holdout shares 60 % of its rows with the one
 * before, 28 % with that before it and none with others: 1.9 uses (98.2 % instead of 95 %), however often one tries.
 */
const GROWTH = 0.5
/**
 * Nothing says that the champion is stale, there are only more rows: then the next try waits until they have grown by so
 * much again. Tries that come to nothing become rarer, as their number grows with the logarithm of the rows.
 */
const VOLUME_GROWTH = 0.5

/**
 * How many more labelled rows are worth another training after this verdict. Without this a trigger that goes on firing
 * would train the same failure every day, and pick the one lucky holdout among many.
 */
export function retryAfterRows({ verdict, data, evaluation, training, triggers }: RunRecord): number {
  // With `train.window` the rows before it have no part in the next candidate either.
  const rows = Math.min(data.rowsKept, training.rows + training.validationRows + evaluation.holdout.rows)
  if (verdict.outcome === 'pass') return 0
  const grown = Math.max(data.window === undefined ? 0 : GROWTH * evaluation.holdout.rows, volumeGrown(triggers))
  if (verdict.outcome === 'fail') return Math.ceil(Math.max(AFTER_FAILURE * rows, grown))
  const needed = evaluation.comparisons
    .filter(({ versus }) => versus === 'champion')
    .map((comparison) => comparison.rowsNeeded ?? 0)
  const wanted = NEW_ROWS_PER_HELD_OUT * Math.max(0, ...needed)
  const { least, most } = AFTER_OPEN_QUESTION
  return Math.ceil(Math.min(Math.max(most * rows, grown), Math.max(least * rows, wanted, grown)))
}

/** Rows to wait for where volume alone asked for the training; 0 where something else did. */
function volumeGrown(triggers: RunRecord['triggers']): number {
  const fired = triggers.filter(({ status, onlyReport }) => status === 'fired' && onlyReport !== true)
  if (fired.some(({ trigger }) => trigger !== 'volume')) return 0
  return VOLUME_GROWTH * Number(fired[0]?.facts?.['newLabelledRows'] ?? 0)
}

/** Why another training now would teach nothing new; undefined where it may. */
export function tooSoon(
  last: LastRun | undefined,
  now: { readonly rows: number | undefined; readonly championDigest: string | null },
): string | undefined {
  const { rows, retryAfterRows: more, championDigest } = last ?? {}
  if (last === undefined || rows === undefined || more === undefined || now.rows === undefined) return undefined
  if (championDigest !== now.championDigest) return undefined
  const arrived = now.rows - rows
  // Fewer or equally many rows under another fingerprint: history was rewritten, which is news of its own.
  if (arrived <= 0 || arrived >= more) return undefined
  const words = last.verdict === 'fail' ? 'failed its gates' : 'could not be judged'
  return `the candidate of ${last.at} ${words} (${last.reason}); the next one is trained when ${more.toLocaleString('en-US')} more labelled rows are there, and ${arrived.toLocaleString('en-US')} have arrived`
}
