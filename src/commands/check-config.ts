import { checkAgainstData } from '../config/inferred.ts'
import { findMetric } from '../config/metric-names.ts'
import type { ModelConfig } from '../config/schema.ts'
import { sources } from '../data/access.ts'
import { findColumn } from '../data/table.ts'
import { inferTask } from '../data/task.ts'
import { holdoutGlobs } from './candidate-id.ts'
import type { Champion } from './champion.ts'
import type { Project } from './project.ts'

/**
 * What a configuration names although its task does not have it, where the task is not written down: the champion says
 * which task it is, or, before there is one, the label column, which is read only if anything depends on it. A check that
 * says nothing of a gate which the retraining then refuses is worth little.
 *
 * @throws RefitError `config` with the lines of all mistakes, `data` where the label cannot be read.
 */
export async function checkConfig(project: Project, model: ModelConfig, champion: Champion | undefined): Promise<void> {
  if (model.task !== undefined || project.replay !== undefined || !dependsOnTask(model)) return
  const facts = champion === undefined ? await factsOf(project, model) : championFacts(champion)
  if (facts !== undefined) checkAgainstData(project.configText, project.configPath, model.name, facts)
}

/** The metric of the performance trigger is its own affair: what it cannot compute leaves it unchecked. */
function dependsOnTask({ evaluate, gates }: ModelConfig): boolean {
  const named = [evaluate.primary, ...evaluate.metrics, ...(gates ?? []).map((gate) => gate.metric)]
  return named.some((name) => name !== undefined && (findMetric(name)?.tasks.length ?? 3) < 3)
}

function championFacts({ manifest: { task, signature } }: Champion) {
  return { task, classes: task === 'regression' ? [] : signature.classes }
}

async function factsOf(project: Project, model: ModelConfig) {
  const options = { log: project.log, columns: [], exclude: holdoutGlobs(model) }
  const { table } = await sources.readTable(model.data, project.root, options)
  const label = findColumn(table, model.data.label)
  return label && inferTask(label, undefined, model.data.positive)
}
