import { DEFAULT_CONFIG } from './open-project.ts'
import type { Checkout } from './source-state.ts'

/** How a reader starts Refit. */
const RUN = 'npx refit'

export interface ReproduceOptions {
  readonly checkout: Checkout
  /** What the run was told, where the checkout could not be seen. */
  readonly codeCommit: string | null
  readonly model: string
  readonly configPath: string
}

/**
 * The one line that repeats a run in any clone of the repository, a shallow one included: the commit is fetched where a
 * remote has it. It writes nothing (`--dry-run`).
 */
export function reproduceLine({ checkout, codeCommit, model, configPath }: ReproduceOptions): string {
  const { commit = codeCommit, remote, folder } = checkout
  const config = configPath === DEFAULT_CONFIG ? '' : ` --config ${quoted(configPath)}`
  const steps = [
    ...(commit !== null && remote !== undefined ? [`git fetch ${quoted(remote)} ${commit}`] : []),
    ...(commit === null ? [] : [`git checkout ${commit}`]),
    ...(folder === '' ? [] : [`cd ${quoted(folder)}`]),
    `${RUN}${config} retrain --model ${model} --force --dry-run`,
  ]
  return steps.join(' && ')
}

/** For a shell, whatever is in it. */
const quoted = (text: string): string => (/^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
