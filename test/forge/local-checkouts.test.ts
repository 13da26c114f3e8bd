import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { git, makeBareRepository, makeRepository, temporaryFolder, writeFiles } from '../support/git.ts'
import { failure } from './contract/stage.ts'
import { HEAD, NOON, open, propose } from './local-world.ts'

describe('where there is nothing to work with, one sentence says so', () => {
  test('no such folder', async () => {
    const error = await failure(open('/no/such/folder'))
    expect(error.message).toBe('there is no folder /no/such/folder')
  })

  test('no git repository', async () => {
    const folder = temporaryFolder()
    const error = await failure(open(folder))
    expect(error.message).toBe(`${folder} is not in a git repository`)
    expect(error.hint).toMatch(/git init/)
  })

  test('no commit yet', async () => {
    const folder = temporaryFolder()
    git(folder, ['init', '-q', '-b', 'main'])
    const error = await failure((await open(folder)).defaultBranch())
    expect(error.message).toBe(`${folder} has no commit yet`)
    expect(error.hint).toMatch(/git commit/)
  })

  test('no branch, as a workflow checks out', async () => {
    const folder = temporaryFolder()
    git(folder, ['clone', '-q', makeRepository(), '.'])
    git(folder, ['checkout', '-q', '--detach'])
    git(folder, ['branch', '-q', '-D', 'main'])
    const error = await failure((await open(folder)).defaultBranch())
    expect(error.message).toBe(`${folder} has no branch of its own: its HEAD is detached`)
    expect(error.hint).toMatch(/git switch -c main/)
  })

  test('no git', async () => {
    const folder = makeRepository()
    process.env['PATH'] = temporaryFolder()
    const error = await failure(open(folder))
    expect(error.message).toMatch(/^git was not found/)
    expect(error.hint).toMatch(/Install git/)
  })
})

describe('any kind of checkout will do', () => {
  test('a folder inside of a work tree', async () => {
    const root = makeRepository({ 'data/x.csv': 'a\n' })
    const forge = await open(join(root, 'data'))
    expect(await forge.listFiles('main', '')).toEqual(['data/x.csv'])
    expect(forge.folder).toBe(join(root, '.git', 'refit'))
  })

  test('a detached head', async () => {
    const root = makeRepository()
    git(root, ['checkout', '-q', '--detach'])
    expect(await (await open(root)).defaultBranch()).toBe('main')
  })

  test('a detached head and a default branch by another name', async () => {
    const root = makeRepository()
    git(root, ['branch', '-q', '-m', 'trunk'])
    git(root, ['checkout', '-q', '--detach'])
    expect(await (await open(root)).defaultBranch()).toBe('trunk')
    git(root, ['branch', 'other'])
    expect((await failure((await open(root)).defaultBranch())).message).toMatch(/cannot tell which branch/)
  })

  test('one of the bot’s branches, checked out to look at it', async () => {
    const root = makeRepository()
    git(root, ['switch', '-q', '-c', HEAD])
    expect(await (await open(root)).defaultBranch()).toBe('main')
  })

  test('a shallow clone', async () => {
    const origin = makeRepository()
    writeFiles(origin, { a: '1' })
    git(origin, ['add', '.'])
    git(origin, ['commit', '-qm', 'Second'])
    const clone = temporaryFolder()
    git(clone, ['clone', '-q', '--depth=1', `file://${origin}`, '.'])
    const forge = await open(clone)
    const pull = await propose(forge, { b: '2' })
    const { oid } = await forge.merge(pull.number)
    expect(await forge.head('main')).toBe(oid)
    expect(await forge.history('main', 'b', 5)).toHaveLength(1)
  })

  test('a linked work tree shares branches and pull requests with the others', async () => {
    const root = makeRepository()
    const linked = join(temporaryFolder(), 'linked')
    git(root, ['worktree', 'add', '-q', linked, '-b', 'side'])
    const pull = await propose(await open(root), { a: '1' })
    const there = await open(linked)
    expect(await there.defaultBranch()).toBe('main')
    expect((await there.openPullRequest(HEAD))?.number).toBe(pull.number)
    const { oid } = await there.merge(pull.number)
    expect(git(root, ['rev-parse', 'HEAD'])).toBe(oid)
    expect(git(root, ['status', '--porcelain'])).toBe('')
    expect(existsSync(join(root, 'a'))).toBe(true)
    expect(git(linked, ['status', '--porcelain'])).toBe('')
  })

  test('a repository with SHA-256 ids', async () => {
    const root = temporaryFolder()
    git(root, ['init', '-q', '-b', 'main', '--object-format=sha256'])
    writeFiles(root, { a: '1' })
    git(root, ['add', '.'])
    git(root, ['commit', '-qm', 'First'])
    const forge = await open(root)
    const pull = await propose(forge, { 'b/c': '2' })
    expect(pull.headOid).toHaveLength(64)
    await forge.merge(pull.number)
    expect(await forge.listFiles('main', 'b')).toEqual(['b/c'])
  })
})

describe('the user’s own things are left alone', () => {
  test('index, HEAD, work tree and configuration are the same after a proposal', async () => {
    const root = makeRepository({ a: '1', b: '1' })
    writeFiles(root, { a: 'edited', new: 'untracked' })
    writeFiles(root, { b: 'staged' })
    git(root, ['add', 'b'])
    const look = (): readonly string[] => [
      git(root, ['status', '--porcelain=v2', '--branch']),
      git(root, ['config', '--list', '--local']),
      readFileSync(join(root, '.git/index')).toString('hex'),
      readFileSync(join(root, '.git/HEAD'), 'utf8'),
    ]
    const before = look()
    await propose(await open(root), { c: '1' })
    expect(look()).toEqual(before)
  })

  test('commits carry the bot’s name and the clock’s time, without any identity configured', async () => {
    const root = makeBareRepository()
    const forge = await open(root)
    const { headOid } = await propose(forge, { a: '1' })
    expect(git(root, ['log', '-1', '--format=%an <%ae> %at %cn %ct', headOid])).toBe(
      `refit[bot] <refit[bot]@users.noreply.github.com> ${NOON / 1000} refit[bot] ${NOON / 1000}`,
    )
    expect((await forge.history(HEAD, 'a', 1))[0]?.time).toBe(NOON)
  })

  test('git variables of the caller, as inside a hook, do not lead astray', async () => {
    const root = makeRepository()
    const elsewhere = makeRepository({ other: 'repository' })
    const index = join(temporaryFolder(), 'index')
    const hostile = {
      GIT_DIR: join(elsewhere, '.git'),
      GIT_WORK_TREE: elsewhere,
      GIT_INDEX_FILE: index,
      GIT_AUTHOR_NAME: 'Mallory',
    }
    Object.assign(process.env, {
      ...hostile,
      GIT_OBJECT_DIRECTORY: join(elsewhere, '.git/objects'),
      GIT_NAMESPACE: 'x',
    })
    const { headOid } = await propose(await open(root), { a: '1' })
    for (const name of Object.keys(process.env)) if (name.startsWith('GIT_')) delete process.env[name]
    expect(git(root, ['log', '-1', '--format=%an', headOid])).toBe('refit[bot]')
    expect(git(elsewhere, ['branch', '--list', 'refit/*'])).toBe('')
    expect(existsSync(index)).toBe(false)
  })

  test('nothing is left behind but the branch and the JSON', async () => {
    const root = makeRepository()
    const forge = await open(root)
    await propose(forge, { a: '1' })
    expect(git(root, ['for-each-ref', '--format=%(refname)'])).toBe(`refs/heads/main\nrefs/heads/${HEAD}`)
    expect(readdirSync(forge.folder)).toEqual(['pulls.json'])
  })
})
