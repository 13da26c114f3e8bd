import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { installedAddress } from '../../src/commands/address.ts'
import { headCommit } from '../../src/commands/head-commit.ts'
import { openGitSource } from '../../src/serving/git-source.ts'
import { git, makeRepository, temporaryFolder, writeFiles } from '../support/git.ts'

afterEach(() => vi.unstubAllEnvs())

/** A git that notes its environment and then is the real one. Returns what the children were given since. */
function watchedGit(): () => string {
  const folder = temporaryFolder('refit-git')
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  writeFiles(folder, { git: `#!/bin/sh\nenv >> '${folder}/seen'\nexec '${real}' "$@"\n` })
  execFileSync('chmod', ['+x', join(folder, 'git')])
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH']}`)
  return () => readFileSync(join(folder, 'seen'), 'utf8')
}

test('git is given what it may log in with, and none of the gateway’s and the runner’s own tokens', async () => {
  const repository = makeRepository({ 'README.md': 'x\n' })
  const seen = watchedGit()
  const secrets = { REFIT_GATEWAY_TOKEN: 'secret-1', INPUT_TOKEN: 'secret-2', ACTIONS_RUNTIME_TOKEN: 'secret-3' }
  for (const [name, value] of Object.entries({ ...secrets, GH_TOKEN: 'for-git' })) vi.stubEnv(name, value)
  for (const address of [repository, `file://${repository}`]) {
    const source = await openGitSource(address)
    await source.refresh()
    await source.read(['refs/refit-gateway/head:README.md'])
    await source.knows('HEAD')
    await source.close()
  }
  expect(seen()).toContain('GH_TOKEN=for-git')
  expect(seen()).not.toContain('secret-')
})

test('what is asked of a checkout is asked without a token, and of that checkout alone', async () => {
  const [repository, other] = [makeRepository({ 'a.md': 'x\n' }), makeRepository({ 'b.md': 'x\n' })]
  writeFiles(repository, { 'package.json': '{"name": "refit", "version": "1.0.0"}' })
  git(repository, ['remote', 'add', 'origin', 'https://github.com/acme/refit.git'])
  const head = git(repository, ['rev-parse', 'HEAD'])
  const seen = watchedGit()
  vi.stubEnv('GITHUB_TOKEN', 'secret-1')
  vi.stubEnv('INPUT_TOKEN', 'secret-2')
  // As inside of a hook.
  vi.stubEnv('GIT_DIR', join(other, '.git'))
  expect(await headCommit(repository)).toBe(head)
  expect(await headCommit(temporaryFolder('refit-none'))).toBeNull()
  expect(await installedAddress(join(repository, 'dist', 'cli.js'))).toMatchObject({
    repository: 'acme/refit',
    ref: head,
  })
  expect(seen()).not.toContain('secret-')
})
