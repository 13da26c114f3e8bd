import { relative, sep } from 'node:path'
import type { Project } from './project.ts'
import { repositoryRoot } from './repository-root.ts'

const DEFAULT_CONFIG = '.github/refit.yml'

/**
 * The commands that repeat a run in a clone of the repository. Refit itself is cloned from where the action came from;
 * where that is not known, the reader's own installation is named, and never a package of that name.
 */
export async function reproduceLine(project: Project, model: string): Promise<string> {
  const { request, root, configPath, refit } = project
  const home = (await repositoryRoot(root)) ?? root
  const folder = relative(home, root).split(sep).join('/')
  const config = folder !== '' && configPath.startsWith(`${folder}/`) ? configPath.slice(folder.length + 1) : configPath
  const options = [
    ...(folder === '' ? [] : ['-C', quote(folder)]),
    ...(config === DEFAULT_CONFIG ? [] : ['--config', quote(config)]),
  ]
  const run = ['retrain', '--model', model, '--force', '--dry-run']
  const checkout = request.codeCommit === null ? [] : [`git checkout ${request.codeCommit}`]
  if (refit === undefined) return [...checkout, ['refit', ...options, ...run].join(' ')].join(' && ')
  const at = refit.ref === undefined ? '' : ` && git -C ../refit checkout ${refit.ref}`
  return [
    `git clone ${refit.server}/${refit.repository} ../refit${at}`,
    ...checkout,
    ['node', '../refit/dist/cli.js', ...options, ...run].join(' '),
  ].join('\n')
}

/** For a POSIX shell. */
const quote = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
