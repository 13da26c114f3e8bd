import type { ModelConfig } from '../config/schema.ts'
import { RefitError } from '../core/error.ts'
import { prettyJson } from '../core/json.ts'
import type { CheckResult } from './check.ts'
import { remember } from './memory.ts'
import type { Project } from './project.ts'
import { MEMORY_PATH, withEstimates } from './trigger-memory.ts'

/** Keeps the estimates of a check on the state branch, to be held against the truth later. A check alone writes nothing. */
export async function rememberEstimates(project: Project, model: ModelConfig, { marks }: CheckResult): Promise<void> {
  if (marks.length === 0 || project.replay !== undefined) return
  const message = `${model.name}: estimates without labels`
  try {
    await remember(project.forge, model.name, message, (memory) => {
      return new Map([[MEMORY_PATH, prettyJson(withEstimates(memory, marks))]])
    })
  } catch (error) {
    // The run itself does not depend on it.
    if (!(error instanceof RefitError)) throw error
    project.log.warn(`the estimate could not be remembered: ${error.message}`)
  }
}
