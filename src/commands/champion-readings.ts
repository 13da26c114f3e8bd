import type { ModelConfig } from '../config/schema.ts'
import { memberOf } from '../core/json.ts'
import { PLAIN } from '../data/readers/number-text.ts'
import type { Readings } from '../data/source.ts'
import type { ColumnKind } from '../data/table.ts'
import type { CellReading } from '../data/types.ts'
import { FEATURES_FILE, parseFeatures } from '../features/spec-file.ts'
import type { Champion } from './champion.ts'
import { seenMark } from './new-rows.ts'

/**
 * How a check reads columns: as the champion's training did, so that it infers nothing and no column changes its type
 * unnoticed.
 */
export function checkReadings(model: ModelConfig, champion: Champion): Readings {
  const kinds: Record<string, ColumnKind> = {}
  for (const column of champion.profile.columns) kinds[column.name] = column.kind
  kinds[model.data.label] = champion.manifest.task === 'regression' ? 'number' : 'category'
  if (model.data.weight !== undefined) kinds[model.data.weight] = 'number'
  if (model.data.time !== undefined) kinds[model.data.time] = 'time'
  if (model.data.watermark && typeof seenMark(champion, model.data) === 'string')
    kinds[model.data.watermark] = 'category'
  const reading = readingOf(champion)
  // A champion that does not say how it read numbers leaves it to the data.
  return reading === undefined ? { kinds } : readingsOf(kinds, reading)
}

/**
 * How a retraining reads the same columns. What were numbers and times stays so, whatever texts have come among them: they
 * count as missing, and are told, as in the check. What was a category may turn out to be numbers, once a setting has
 * cured it.
 */
export function trainingReadings(model: ModelConfig, champion: Champion): Readings {
  const { kinds = {}, ...others } = checkReadings(model, champion)
  const { time, watermark } = model.data
  const kept = Object.entries(kinds).filter(
    ([name, kind]) => kind !== 'category' && name !== time && name !== watermark,
  )
  return { kinds: Object.fromEntries(kept), ...others }
}

/** How the champion's training read cells; undefined where it does not say. */
export function readingOf(champion: Champion): CellReading | undefined {
  const features = champion.files.get(FEATURES_FILE)
  return features && parseFeatures(features).reading
}

/** The style of every column of numbers or times, the plainest ones included: none of them is to be found out again. */
export function readingsOf(kinds: Readonly<Record<string, ColumnKind>>, { styles, timeFormat }: CellReading): Readings {
  const numeric = Object.keys(kinds).filter((name) => kinds[name] !== 'category')
  return {
    kinds,
    styles: Object.fromEntries(numeric.map((name) => [name, memberOf(styles, name) ?? PLAIN])),
    timeFormat,
  }
}
