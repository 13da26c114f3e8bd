import { join } from 'node:path'
import { expect, test } from 'vitest'
import { actionAddress, installedAddress, schemaAddress, usesLine } from '../../src/commands/address.ts'
import { reproduceLine } from '../../src/commands/reproduce.ts'
import { NO_CHECKOUT } from '../../src/commands/source-state.ts'
import { configTemplate, workflow } from '../../src/commands/templates.ts'
import { git, makeRepository, temporaryFolder, writeFiles } from '../support/git.ts'

const SHA = 'a'.repeat(40)
const ZEROS = '0'.repeat(40)
const env = (GITHUB_ACTION_REPOSITORY: string, GITHUB_ACTION_REF = 'v1') => ({
  GITHUB_ACTION_REPOSITORY,
  GITHUB_ACTION_REF,
  GITHUB_SERVER_URL: 'https://github.com',
})

test('an action comes from where the runner has it from', () => {
  expect(actionAddress(env('acme/refit', SHA))).toEqual({
    server: 'https://github.com',
    repository: 'acme/refit',
    ref: SHA,
  })
  expect(actionAddress(env('acme/refit', ''))?.ref).toBeUndefined()
  expect(actionAddress(env('acme/refit', '--upload-pack=x'))?.ref).toBeUndefined()
})

test.each(['', 'refit', 'acme/refit; rm -rf /', 'acme/$(id)', '../refit'])(
  '“%s” is no address of one',
  (repository) => {
    expect(actionAddress(env(repository))).toBeUndefined()
  },
)

test.each([
  ['https://github.com/acme/refit.git', 'acme/refit'],
  ['https://x-access-token:ghs_secret@github.com/acme/refit', 'acme/refit'],
  ['git@github.com:acme/refit.git', 'acme/refit'],
  ['ssh://git@github.com/acme/refit.git', 'acme/refit'],
  ['https://example.com/github.com/acme/refit', undefined],
  ['../acme/refit', undefined],
  ['acme/refit', undefined],
])('a clone of %s is at the commit that it is at', async (remote, repository) => {
  const folder = makeRepository({ 'package.json': '{"name": "refit", "version": "0.1.0"}', 'dist/package.json': '{}' })
  git(folder, ['remote', 'add', 'origin', remote])
  const found = await installedAddress(join(folder, 'dist/chunks/cli.js'))
  expect(found).toEqual(
    repository && { server: 'https://github.com', repository, ref: git(folder, ['rev-parse', 'HEAD']) },
  )
})

test('an installed package is what its package.json says; without that, nothing is known of it', async () => {
  const folder = temporaryFolder()
  const at = async (more: string): Promise<unknown> => {
    writeFiles(folder, { 'package.json': `{"name": "refit", "version": "0.1.0"${more}}` })
    return installedAddress(join(folder, 'dist/cli.js'))
  }
  const known = { server: 'https://github.com', repository: 'acme/refit', ref: 'v0.1.0' }
  expect(await at(', "repository": "github:acme/refit"')).toEqual(known)
  expect(await at(', "repository": {"type": "git", "url": "git+https://github.com/acme/refit.git"}')).toEqual(known)
  expect(await at('')).toBeUndefined()
  // Also where the package lies within a repository of somebody else.
  const project = makeRepository({ 'node_modules/refit/package.json': '{"name": "refit", "version": "0.1.0"}' })
  git(project, ['remote', 'add', 'origin', 'https://github.com/eve/shop.git'])
  expect(await installedAddress(join(project, 'node_modules/refit/dist/cli.js'))).toBeUndefined()
})

test('a workflow names what is known, by its commit, and else what a person has to put in and nobody can register', () => {
  const known = { server: 'https://github.com', repository: 'acme/refit', ref: SHA }
  expect(workflow(known)).toContain(`        uses: acme/refit@${SHA}\n`)
  expect(usesLine({ ...known, ref: 'v1' })).toBe('acme/refit@v1 # better: its commit')
  expect(workflow(undefined)).toMatch(new RegExp(`uses: OWNER/refit@${ZEROS} # put in the repository and the commit`))
  expect(usesLine({ ...known, ref: undefined })).toMatch(new RegExp(`^acme/refit@${ZEROS} # put in the commit`))
})

test('a configuration names its schema where that is known, and otherwise none', () => {
  const known = { server: 'https://github.com', repository: 'acme/refit', ref: SHA }
  expect(configTemplate('m', 'd.csv', 'y', known)).toContain(
    `$schema=https://raw.githubusercontent.com/acme/refit/${SHA}/schema/refit.schema.json`,
  )
  expect(configTemplate('m', 'd.csv', 'y', undefined)).toMatch(/^models:/)
  expect(schemaAddress({ ...known, server: 'https://git.example.com' })).toBeUndefined()
})

const lineOf = (
  folder: string,
  configPath: string,
  refit: Parameters<typeof usesLine>[0],
  codeCommit: string | null,
): string => reproduceLine({ checkout: { ...NO_CHECKOUT, folder }, codeCommit, model: 'churn', configPath, refit })

test('“Reproduce” clones the very Refit that ran, and else names the reader’s own, never a package of that name', () => {
  const refit = { server: 'https://github.com', repository: 'acme/refit', ref: 'v1' }
  expect(lineOf('', '.github/refit.yml', refit, SHA)).toBe(
    `git clone https://github.com/acme/refit ../refit && git -C ../refit checkout v1
git checkout ${SHA} && node ../refit/dist/cli.js retrain --model churn --force --dry-run`,
  )
  expect(lineOf('', '.github/refit.yml', undefined, SHA)).toBe(
    `git checkout ${SHA} && refit retrain --model churn --force --dry-run`,
  )
  expect(lineOf('', '.github/refit.yml', undefined, null)).toBe('refit retrain --model churn --force --dry-run')
})

test('“Reproduce” finds the folder and the configuration of the run', () => {
  expect(lineOf('ml', 'ml/.github/refit.yml', undefined, null)).toBe(
    'refit -C ml retrain --model churn --force --dry-run',
  )
  expect(lineOf('ml', 'ml/my models.yml', undefined, null)).toBe(
    "refit -C ml --config 'my models.yml' retrain --model churn --force --dry-run",
  )
  expect(lineOf('', 'ml/my models.yml', undefined, null)).toBe(
    "refit --config 'ml/my models.yml' retrain --model churn --force --dry-run",
  )
})
