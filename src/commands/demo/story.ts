import type { Log } from '../../core/log.ts'
import type { RolloutPhase } from '../../rollout/types.ts'
import { DEFAULT_CONFIG, openLocalProject } from '../open-project.ts'
import type { Project } from '../project.ts'
import type { Business } from './business.ts'
import type { DemoClock } from './demo-clock.ts'
import type { Narrator, Out } from './narrator.ts'
import type { Production } from './production.ts'

/** Everything the chapters of the demo work on. */
export interface Story {
  readonly folder: string
  readonly business: Business
  readonly clock: DemoClock
  readonly narrator: Narrator
  readonly out: Out
  readonly log: Log
  readonly production: Production
  /** Pages saved on the way, relative to the folder. */
  readonly pages: string[]
  /** How the rollouts ended, oldest first. */
  readonly endings: RolloutPhase[]
}

/** The project as a scheduled workflow run opens it: afresh, so that it sees what was merged. */
export async function openProject({ folder, clock, log, production }: Story): Promise<Project> {
  return openLocalProject({
    root: folder,
    configPath: DEFAULT_CONFIG,
    clock: clock.now,
    log,
    gatewayUrl: production.url,
    request: { by: 'schedule', reason: null, manual: false, runUrl: null, codeCommit: null },
  })
}
