import type { CustomTriggerConfig, ModelConfig } from '../config/schema.ts'
import type { TriggerInput } from '../triggers/index.ts'
import type { TriggerResult } from '../triggers/types.ts'
import type { Project } from './project.ts'

type Facts = Omit<TriggerInput, 'custom'>

/** The results of the user's own triggers, in the order of the configuration. One that fails is `unchecked`. */
export async function customResults(
  project: Project,
  model: ModelConfig,
  base: string,
  facts: Facts,
): Promise<readonly TriggerResult[]> {
  const entries = Object.entries(model.triggers.custom ?? {})
  if (entries.length === 0) return []
  const { runCustomTrigger } = await import('./run-custom-trigger.ts')
  const results: TriggerResult[] = []
  for (const [name, config] of entries) results.push(await runCustomTrigger(project, { name, config, base, facts }))
  return results
}

export interface CustomTriggerRequest {
  readonly name: string
  readonly config: CustomTriggerConfig
  /** Commit of the default branch that this run reads. */
  readonly base: string
  readonly facts: Facts
}
