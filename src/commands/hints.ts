import type { ModelConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { sources } from '../data/access.ts'
import { describeColumn } from '../data/column-report.ts'
import { type LikelyRoles, likelyRoles } from '../data/likely-roles.ts'
import { holdoutGlobs } from './candidate-id.ts'
import type { Champion } from './champion.ts'
import type { Project } from './project.ts'

/**
 * What a check cannot look at for want of a column that is there but not named: by the columns of the champion's run, or
 * before the first version by the first rows of the data.
 */
export async function checkHints(
  project: Project,
  model: ModelConfig,
  champion: Champion | undefined,
): Promise<readonly string[]> {
  if (champion !== undefined)
    return champion.record === undefined ? [] : sentencesOf(likelyRoles(champion.record.data, model.data))
  try {
    const { readBatches } = project.replay?.data ?? sources
    for await (const { table } of readBatches(model.data, project.root, { exclude: holdoutGlobs(model) })) {
      if (table.rows === 0) continue
      const columns = table.columns.map((column) => describeColumn(column, undefined, model.data))
      return sentencesOf(likelyRoles({ columns, rowsKept: table.rows }, model.data))
    }
  } catch (error) {
    // The training that comes next tells what is wrong with the data.
    if (!(error instanceof RefitError)) throw error
    project.log.debug(`${model.name}: no look at the columns: ${error.message}`)
  }
  return []
}

function sentencesOf({ time, id }: LikelyRoles): readonly string[] {
  return [
    ...(time.length === 0
      ? []
      : [`no time column is named: ${listOf(time)} may be one, and with data.time the newest rows are held out`]),
    ...(id.length === 0
      ? []
      : [`no id column is named: ${listOf(id)} may be one, and with data.id its rows stay on one side of the split`]),
  ]
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `“${name}”`)
  return shown.join(' or ')
}
