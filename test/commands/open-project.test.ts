import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLocalProject } from '../../src/commands/open-project.ts'
import { shownPath } from '../../src/commands/write-reports.ts'
import { silentLog } from '../../src/core/log.ts'
import { makeRepository, temporaryFolder, writeFiles } from '../support/git.ts'

const CONFIG = 'models:\n  churn:\n    data: data.csv\n    label: churned\n'
const BROKEN = 'models:\n  churn:\n    dta: data.csv\n'
const request = { by: 'test', reason: null, manual: false, runUrl: null, codeCommit: null }
const open = (root: string, configPath: string, workspace?: string) =>
  openLocalProject({ root, configPath, workspace, clock: () => 0, log: silentLog, request })

test.each([
  ['relative to the root', '.', 'ml/refit.yml'],
  ['relative to the working directory', 'ml', 'refit.yml'],
  ['relative to the workspace, from a working directory within it', 'ml', 'ml/refit.yml'],
])('a configuration is found %s', async (_how, folder, path) => {
  const root = makeRepository({ 'ml/refit.yml': CONFIG })
  const { configPath } = await open(join(root, folder), path, root)
  expect(configPath).toBe('ml/refit.yml')
})

test('a configuration is found at an absolute path, and named as its repository knows it', async () => {
  const root = makeRepository({ 'ml/refit.yml': CONFIG })
  expect((await open(root, join(root, 'ml/refit.yml'))).configPath).toBe('ml/refit.yml')
  const elsewhere = temporaryFolder()
  writeFiles(elsewhere, { 'refit.yml': CONFIG })
  expect((await open(root, join(elsewhere, 'refit.yml'))).configPath).toBe(join(elsewhere, 'refit.yml'))
})

test('of two configurations that of the working directory is meant', async () => {
  const root = makeRepository({ 'refit.yml': BROKEN, 'ml/refit.yml': CONFIG })
  expect((await open(join(root, 'ml'), 'refit.yml', root)).configPath).toBe('ml/refit.yml')
})

test('a mistake is shown where the repository has it; a missing file by the path that was given', async () => {
  const root = makeRepository({ 'ml/refit.yml': BROKEN })
  await expect(open(join(root, 'ml'), 'refit.yml')).rejects.toMatchObject({ place: { file: 'ml/refit.yml', line: 2 } })
  await expect(open(join(root, 'ml'), 'other.yml')).rejects.toMatchObject({
    message: 'there is no configuration at other.yml',
    place: { file: 'ml/other.yml' },
  })
  await expect(open(root, 'ml')).rejects.toThrow('cannot be read (EISDIR)')
  await expect(open(root, 'ml/refit.yml/x')).rejects.toThrow('there is no configuration')
})

test('a folder that is not there is told, and not its configuration', async () => {
  const root = makeRepository({ 'ml/refit.yml': CONFIG })
  await expect(open(join(root, 'nope'), 'other.yml', root)).rejects.toMatchObject({
    code: 'usage',
    message: `there is no folder ${join(root, 'nope')}`,
  })
})

test('a path is shown relative to the workspace, and whole where it lies outside', async () => {
  const root = makeRepository({ 'ml/refit.yml': CONFIG })
  const project = await open(join(root, 'ml'), 'refit.yml', root)
  expect(shownPath(project, join(project.output, 'churn/report.html'))).toBe('ml/.refit/churn/report.html')
  const without = await open(join(root, 'ml'), 'refit.yml')
  expect(shownPath(without, join(without.output, 'churn/report.html'))).toBe('.refit/churn/report.html')
  expect(shownPath({ ...without, workspace: temporaryFolder() }, root)).toBe(root)
})
