import { eventFacts, type EventContext } from './event.ts'
import { execute } from './execute.ts'
import { planWork, type CommandInputs } from './plan.ts'
import type { Project, Request } from './project.ts'
import type { Run } from './run.ts'

export interface Occasion {
  readonly context: EventContext
  readonly inputs: CommandInputs
  readonly runUrl: string | null
  readonly codeCommit: string | null
}

/** An event in a workflow, from its payload to what came of it. */
export async function respond(
  { context, inputs, runUrl, codeCommit }: Occasion,
  open: (request: Request) => Promise<Project>,
): Promise<Run> {
  const event = eventFacts(context)
  const plan = planWork(event, inputs)
  const by = event.name === 'schedule' ? 'schedule' : `${plan.comment?.author ?? event.actor} via ${event.name}`
  const project = await open({ by, reason: inputs.reason || null, manual: false, runUrl, codeCommit })
  return execute(project, plan)
}
