import type { Clock } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import { closest } from '../core/suggest.ts'
import { clip } from '../core/text.ts'
import type { Config, ModelConfig } from '../config/schema.ts'
import type { DataAccess } from '../data/access.ts'
import type { Forge } from '../forge/forge.ts'
import type { Address } from './address.ts'

/** Who asked for this run and where it runs: what the pull request and the manifest quote. */
export interface Request {
  /** `schedule`, `ana via workflow_dispatch`, `cli`. */
  readonly by: string
  /** Given by the person who asked for a retraining; null when nobody did. */
  readonly reason: string | null
  /** A person asked: the manual trigger fires. */
  readonly manual: boolean
  /** Names what was asked for once; the same again changes nothing. Null where nothing names it. */
  readonly operation?: string | null | undefined
  readonly runUrl: string | null
  /** Commit of the checkout whose code and configuration run. */
  readonly codeCommit: string | null
}

/** Everything a command works on. Opened once by an entry point, passed down whole. */
export interface Project {
  /** Folder of the checkout: configuration and data are read from here. */
  readonly root: string
  /** Where the user is, or the workflow, and what the paths that are shown are relative to. Default: the root. */
  readonly workspace?: string | undefined
  /** Relative to the root of the repository: what messages show, and where the forge has it. */
  readonly configPath: string
  readonly config: Config
  readonly configText: string
  readonly forge: Forge
  readonly clock: Clock
  readonly log: Log
  readonly request: Request
  /** Where reports are written: `.refit` below the root, ignored by git. */
  readonly output: string
  /** Overrides `rollout.gateway.url` of every model (environment `REFIT_GATEWAY_URL`). */
  readonly gatewayUrl: string | undefined
  /** Whether this is a machine of GitHub's own, on whose loopback no gateway can be. */
  readonly onHostedRunner?: boolean | undefined
  /** Bearer token for the gateway (environment `REFIT_GATEWAY_TOKEN`); never logged. */
  readonly gatewayToken: string | undefined
  /** Where this Refit comes from, where that is known. */
  readonly refit?: Address | undefined
  /** Set while a backtest lives through the past again: the data as they were on that day, and no reports. */
  readonly replay?: Replay | undefined
  /** What is costly to make and comes out the same for the same key is made once. Default: it is made. */
  remember?<T>(key: string, make: () => Promise<T>): Promise<T>
}

export interface Replay {
  readonly data: DataAccess
}

/** As much of a wrong name as its refusal repeats. */
const MAX_ECHO = 60

/** The named model, or all of them. An unknown name is an error that lists the known ones. */
export function selectModels(config: Config, name: string | undefined): readonly ModelConfig[] {
  if (name === undefined || name === '') return Object.values(config.models)
  const model = Object.hasOwn(config.models, name) ? config.models[name] : undefined
  if (model === undefined) {
    const known = Object.keys(config.models)
    const meant = closest(name, known)
    const suggestion = meant === undefined ? '' : `; did you mean “${meant}”?`
    throw new RefitError(
      'usage',
      `there is no model named “${clip(name, MAX_ECHO)}” in the configuration${suggestion}`,
      {
        hint: `Use one of: ${known.join(', ')}.`,
      },
    )
  }
  return [model]
}
