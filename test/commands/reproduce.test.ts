import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { openLocalForge } from '../../src/forge/local/local-forge.ts'
import { reproduceLine } from '../../src/commands/reproduce.ts'
import { lookAtCheckout } from '../../src/commands/source-state.ts'
import {
  cleanGitEnvironment,
  git,
  makeBareRepository,
  makeRepository,
  temporaryFolder,
  writeFiles,
} from '../support/git.ts'

const FILES = {
  '.github/refit.yml': 'models: {}\n',
  'data/a.csv': 'x,y\n1,0\n',
  'data/b.csv': 'x,y\n2,1\n',
  'other.txt': 'o\n',
  '.gitignore': 'raw/\n*.tmp\n',
}
const CONFIG = '.github/refit.yml'
const USED = { configPath: CONFIG, files: ['data/a.csv', 'data/b.csv'], elsewhere: [] }
const look = (root: string, more: object = {}) => lookAtCheckout({ root, ...USED, ...more })
const line = async (root: string, more: object = {}) =>
  reproduceLine({ checkout: await look(root, more), codeCommit: null, model: 'churn', configPath: CONFIG, ...more })

describe('whether the commit holds what a run used', () => {
  test('it does where nothing was touched', async () => {
    const root = makeRepository(FILES)
    expect((await look(root)).state).toEqual({
      status: 'looked',
      commit: git(root, ['rev-parse', 'HEAD']),
      differs: [],
      otherChanges: 0,
      elsewhere: [],
      pushed: null,
    })
  })

  test.each<[string, (root: string) => void, readonly string[]]>([
    [
      'a configuration that was changed',
      (root) => writeFiles(root, { [CONFIG]: 'models: {a: 1}\n' }),
      [`${CONFIG} modified`],
    ],
    [
      'one that was changed and added, but not committed',
      (root) => {
        writeFiles(root, { [CONFIG]: 'models: {a: 1}\n' })
        git(root, ['add', CONFIG])
      },
      [`${CONFIG} modified`],
    ],
    [
      'one that was never added',
      (root) => {
        git(root, ['rm', '--quiet', '--cached', CONFIG])
        git(root, ['commit', '--quiet', '--message=gone'])
      },
      [`${CONFIG} untracked`],
    ],
    ['data that were changed', (root) => writeFiles(root, { 'data/b.csv': 'x,y\n3,1\n' }), ['data/b.csv modified']],
    [
      'data whose changes git was told to overlook',
      (root) => {
        git(root, ['update-index', '--assume-unchanged', 'data/b.csv'])
        writeFiles(root, { 'data/b.csv': 'x,y\n3,1\n' })
      },
      ['data/b.csv modified'],
    ],
  ])('it does not hold %s', async (_, change, differs) => {
    const root = makeRepository(FILES)
    change(root)
    const { state } = await look(root)
    if (state.status !== 'looked') throw new Error(state.why)
    expect(state.differs.map(({ path, how }) => `${path} ${how}`)).toEqual(differs)
    expect(state.otherChanges).toBe(0)
  })

  test('nor data that are ignored, not tracked, or lie outside', async () => {
    const root = makeRepository(FILES)
    const outside = join(temporaryFolder(), 'far.csv')
    writeFileSync(outside, 'x\n')
    writeFiles(root, { 'raw/deep/r.csv': 'x\n', 'x.tmp': 'x\n', 'data/new/n.csv': 'x\n' })
    const files = ['raw/deep/r.csv', 'x.tmp', 'data/new/n.csv', '../far.csv', outside, 'data/a.csv']
    const { state } = await look(root, { files })
    expect(state).toMatchObject({
      status: 'looked',
      differs: [
        { path: 'raw/deep/r.csv', how: 'ignored' },
        { path: 'x.tmp', how: 'ignored' },
        { path: 'data/new/n.csv', how: 'untracked' },
        { path: '../far.csv', how: 'outside' },
        { path: outside, how: 'outside' },
      ],
    })
  })

  test('other changes are counted, and what came from elsewhere is named', async () => {
    const root = makeRepository(FILES)
    writeFiles(root, { 'other.txt': 'p\n' })
    const { state } = await look(root, { elsewhere: ['postgres:events'] })
    expect(state).toMatchObject({ differs: [], otherChanges: 1, elsewhere: ['postgres:events'] })
  })

  test('below the top of the repository paths are those of the folder', async () => {
    const root = makeRepository({
      'sub/.github/refit.yml': 'models: {}\n',
      'sub/data/a.csv': 'x\n',
      'data/a.csv': 'y\n',
    })
    const folder = join(root, 'sub')
    const files = ['data/a.csv', '../data/a.csv']
    expect((await look(folder, { files })).state).toMatchObject({ differs: [] })
    writeFiles(root, { 'sub/data/a.csv': 'z\n', 'data/a.csv': 'z\n' })
    expect((await look(folder, { files })).state).toMatchObject({
      differs: [{ path: 'data/a.csv' }, { path: '../data/a.csv' }],
    })
    expect(await line(folder, { files })).toMatch(/^git checkout [0-9a-f]{40} && refit -C sub /)
  })

  test('outside of a repository nothing is claimed', async () => {
    const root = temporaryFolder()
    const seen = await look(root)
    expect(seen.state).toMatchObject({ status: 'not-looked', why: expect.stringContaining('not a git repository') })
    expect(reproduceLine({ checkout: seen, codeCommit: null, model: 'm', configPath: CONFIG })).not.toContain('git')
  })

  test('before the first commit nothing is claimed', async () => {
    const root = temporaryFolder()
    git(root, ['init', '--quiet'])
    expect((await look(root)).state.status).toBe('not-looked')
  })
})

describe('the command', () => {
  /** Runs the steps of git in a folder, as a reader does; what starts Refit is left out. */
  function follow(folder: string, command: string): void {
    const steps = command.split(' && ').filter((step) => /^(git|cd) /.test(step))
    execFileSync('sh', ['-c', steps.join(' && ')], {
      cwd: folder,
      env: cleanGitEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  /** A work tree that has pushed two commits; the run was at the first. */
  function pushed() {
    const origin = makeBareRepository(FILES)
    const work = join(temporaryFolder(), 'work')
    git(temporaryFolder(), ['clone', '--quiet', origin, work])
    return { origin, work }
  }

  test('works in a shallow clone that was made later', async () => {
    const { origin, work } = pushed()
    const command = await line(work)
    writeFiles(work, { 'data/a.csv': 'x,y\n9,9\n' })
    git(work, ['commit', '--quiet', '--all', '--message=later'])
    git(work, ['push', '--quiet', 'origin', 'main'])
    const reader = join(temporaryFolder(), 'reader')
    git(temporaryFolder(), ['clone', '--quiet', '--depth=1', `file://${origin}`, reader])
    expect(readFileSync(join(reader, 'data/a.csv'), 'utf8')).toContain('9,9')
    git(origin, ['config', 'uploadpack.allowReachableSHA1InWant', 'true'])
    follow(reader, command)
    expect(readFileSync(join(reader, 'data/a.csv'), 'utf8')).toBe(FILES['data/a.csv'])
  })

  test('is the same from a shallow, detached checkout, as a workflow has it', async () => {
    const { origin, work } = pushed()
    const runner = join(temporaryFolder(), 'runner')
    git(temporaryFolder(), ['clone', '--quiet', '--depth=1', `file://${origin}`, runner])
    git(runner, ['checkout', '--quiet', '--detach'])
    expect(await line(runner)).toBe(await line(work))
  })

  test('leaves a checkout that Refit can open, whatever the default branch is called', async () => {
    const { work } = pushed()
    git(work, ['switch', '--quiet', '--create', 'trunk'])
    git(work, ['push', '--quiet', 'origin', 'trunk'])
    const bare = git(work, ['remote', 'get-url', 'origin'])
    git(bare, ['symbolic-ref', 'HEAD', 'refs/heads/trunk'])
    git(bare, ['branch', '-D', 'main'])
    const reader = join(temporaryFolder(), 'reader')
    git(temporaryFolder(), ['clone', '--quiet', bare, reader])
    git(reader, ['branch', 'topic'])
    follow(reader, await line(work))
    const forge = await openLocalForge(reader, { clock: () => 0, log: silentLog })
    expect(await forge.defaultBranch()).toBe('trunk')
  })

  test('fetches nothing where no remote has the commit, which is told', async () => {
    const { work } = pushed()
    git(work, ['commit', '--quiet', '--allow-empty', '--message=mine'])
    const command = await line(work)
    expect(command).not.toContain('fetch')
    expect((await look(work)).state).toMatchObject({ pushed: false })
    git(work, ['checkout', '--quiet', '--detach', 'HEAD~1'])
    follow(work, command)
    expect(git(work, ['log', '-1', '--format=%s'])).toBe('mine')
  })

  test('names another configuration, and quotes what a shell would take apart', async () => {
    const root = makeRepository({ "it's here/refit.yml": 'models: {}\n' })
    const command = reproduceLine({
      checkout: { ...(await look(root, { configPath: "it's here/refit.yml", files: [] })), folder: "it's here" },
      codeCommit: null,
      model: 'churn',
      configPath: "it's here/refit.yml",
    })
    expect(command).toContain(`refit -C 'it'\\''s here' --config refit.yml retrain`)
    follow(root, command)
  })

  test('names the commit of the run where the checkout cannot be seen', async () => {
    const root = makeRepository(FILES)
    rmSync(join(root, '.git'), { recursive: true })
    const checkout = await look(root)
    const codeCommit = 'a'.repeat(40)
    expect(reproduceLine({ checkout, codeCommit, model: 'm', configPath: CONFIG })).toMatch(/^git checkout a{40} && /)
  })
})
