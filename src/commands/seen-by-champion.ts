import type { ModelConfig } from '../config/schema.ts'
import { isoTime } from '../core/clock.ts'
import type { DataReport, Split } from '../data/types.ts'
import type { Champion } from './champion.ts'

export interface SeenInput {
  readonly split: Split
  readonly champion: Champion
  readonly model: Pick<ModelConfig, 'data'>
  readonly data: Pick<DataReport, 'columns' | 'heldOut'>
}

type View = Pick<Split, 'championSafe' | 'note' | 'championWhy'>

/**
 * Whether the champion was trained on held-out rows, by what its manifest and record show: it was not where they are newer
 * than all that it has seen, where the rule that holds them out is the one of its own run, or where they lie in files that it
 * was not given. A rule that was changed since (a time column that is named now, a column more in the hash) may hold out what
 * the champion knows.
 */
export function seenByChampion(input: SeenInput): View {
  const { split, champion } = input
  // The split knows already that it may have: there is nothing newer, or all rows carry one time.
  if (!split.championSafe) return { championSafe: false, note: split.note }
  const known = KNOWN[split.by](input)
  if ('why' in known) return { championSafe: true, note: split.note, championWhy: known.why }
  const note = `${known.doubt}, so v${champion.manifest.version} may have been trained on them`
  return { championSafe: false, note: split.note === undefined ? note : `${split.note}; ${note}` }
}

type Known = { readonly why: string } | { readonly doubt: string }

const KNOWN: Readonly<Record<Split['by'], (input: SeenInput) => Known>> = {
  time({ champion }) {
    const { watermark } = champion.manifest.training
    return watermark === null
      ? { doubt: 'the rows are held out by time, and the champion was trained without a time column' }
      : { why: `they are newer than all rows that it was trained on (until ${isoTime(Date.parse(watermark))})` }
  },
  hash({ split, champion, data, model }) {
    const before = champion.record
    if (before === undefined) return { doubt: 'the champion has no record.json, which says how its rows were held out' }
    if (before.evaluation.holdout.description !== split.description)
      return { doubt: `the champion’s run held out ${before.evaluation.holdout.description}` }
    const id = model.data.id
    const hashed = (columns: DataReport['columns']): string =>
      columns
        .filter(({ name }) => id === undefined || name === id)
        .map(({ name, kind }) => `${name}\0${kind}`)
        .toSorted()
        .join('\n')
    return hashed(before.data.columns) === hashed(data.columns)
      ? { why: 'its own run held rows out by the same hash' }
      : {
          doubt:
            'the rows are held out by a hash of their cells, and the columns are others than in the champion’s run',
        }
  },
  files({ champion, data }) {
    const before = champion.record
    if (before === undefined)
      return { doubt: 'the champion has no record.json, which lists the files it was trained on' }
    const known = new Set(before.data.files.flatMap(({ path, sha256 }) => [path, sha256]))
    const seen = data.heldOut?.files.find(({ path, sha256 }) => known.has(path) || known.has(sha256))
    return seen === undefined
      ? { why: `none of their files is among the ${before.data.files.length} that it was trained on` }
      : { doubt: `the held-out file ${seen.path} is among those of the champion’s run` }
  },
}
