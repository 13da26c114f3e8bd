import type { Address } from './address.ts'
import { DEFAULT_CONFIG } from './open-project.ts'
import type { Checkout } from './source-state.ts'

export interface ReproduceOptions {
  readonly checkout: Checkout
  /** What the run was told, where the checkout could not be seen. */
  readonly codeCommit: string | null
  readonly model: string
  /** From the top of the repository. */
  readonly configPath: string
  /** Where the Refit that ran comes from; undefined where nobody knows. */
  readonly refit?: Address | undefined
}

/**
 * The commands that repeat a run at the top of any clone of the repository, a shallow one included: the commit is fetched
 * where a remote has it. Refit itself is cloned from where the action came from; where that is not known, the reader's own
 * installation is named, and never a package of that name. Nothing is written (`--dry-run`).
 */
export function reproduceLine({ checkout, codeCommit, model, configPath, refit }: ReproduceOptions): string {
  const { commit = codeCommit, remote, folder } = checkout
  const config = folder !== '' && configPath.startsWith(`${folder}/`) ? configPath.slice(folder.length + 1) : configPath
  const options = [
    ...(folder === '' ? [] : ['-C', quoted(folder)]),
    ...(config === DEFAULT_CONFIG ? [] : ['--config', quoted(config)]),
  ]
  const steps = [
    ...(commit !== null && remote !== undefined ? [`git fetch ${quoted(remote)} ${commit}`] : []),
    ...(commit === null ? [] : [`git checkout ${commit}`]),
    [
      refit === undefined ? 'refit' : 'node ../refit/dist/cli.js',
      ...options,
      `retrain --model ${model} --force --dry-run`,
    ].join(' '),
  ].join(' && ')
  if (refit === undefined) return steps
  const at = refit.ref === undefined ? '' : ` && git -C ../refit checkout ${refit.ref}`
  return `git clone ${refit.server}/${refit.repository} ../refit${at}\n${steps}`
}

/** For a POSIX shell, whatever is in it. */
const quoted = (text: string): string => (/^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
