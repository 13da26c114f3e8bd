import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { openLocalForge, type LocalForge } from '../../src/forge/local/local-forge.ts'
import { Pulls } from '../../src/forge/local/pulls.ts'
import { openRepository } from '../../src/forge/local/repository.ts'
import { Store } from '../../src/forge/local/store.ts'
import { git, makeBareRepository, makeRepository, temporaryFolder, writeFiles } from '../support/git.ts'
import { failure } from './contract.ts'

const HEAD = 'refit/retrain/churn'
const NOON = Date.UTC(2026, 7, 1, 12)
const clock = (): number => NOON
const open = (root: string): Promise<LocalForge> => openLocalForge(root, { clock })

const environment = { ...process.env }
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
  Object.assign(process.env, environment)
})

async function propose(forge: LocalForge, files: Record<string, string>, draft = false) {
  const base = (await forge.head(await forge.defaultBranch())) as string
  await forge.commit({
    branch: HEAD,
    expected: await forge.head(HEAD),
    base,
    message: 'Retrain churn',
    files: new Map(Object.entries(files)),
  })
  const request = {
    head: HEAD,
    base: await forge.defaultBranch(),
    title: 'Retrain churn',
    body: 'Better',
    draft,
    labels: [],
  }
  return (await forge.upsertPullRequest(request)).pullRequest
}

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

describe('merging into the branch that is checked out', () => {
  test('takes the work tree along and keeps what the user is at', async () => {
    const root = makeRepository({ a: '1', b: '1' })
    const forge = await open(root)
    const { number } = await propose(forge, { a: '2', 'deep/new': 'x' })
    writeFiles(root, { b: 'edited', mine: 'untracked' })
    const { oid } = await forge.merge(number)
    expect(git(root, ['rev-parse', 'main', 'HEAD'])).toBe(`${oid}\n${oid}`)
    expect(readFileSync(join(root, 'deep/new'), 'utf8')).toBe('x')
    expect(git(root, ['status', '--porcelain'])).toBe(' M b\n?? mine')
    expect(git(root, ['log', '-1', '--format=%s%n%b'])).toContain(`Merge pull request #${number} from ${HEAD}`)
  })

  test.each([
    ['an uncommitted change', { a: 'edited' }],
    ['an untracked file', { 'deep/new': 'mine' }],
  ])('%s in the way: it is refused, and nothing is half done', async (_name, files) => {
    const root = makeRepository({ a: '1' })
    const forge = await open(root)
    const { number } = await propose(forge, { a: '2', 'deep/new': 'x' })
    writeFiles(root, files as unknown as Record<string, string>)
    const before = [git(root, ['rev-parse', 'main']), git(root, ['status', '--porcelain'])]
    const error = await failure(forge.merge(number))
    expect(error.message).toMatch(/main is checked out in .* with uncommitted changes in the way \((a|deep\/new)\)/)
    expect(error.hint).toMatch(/Commit, stash or remove/)
    expect([git(root, ['rev-parse', 'main']), git(root, ['status', '--porcelain'])]).toEqual(before)
    expect((await forge.pullRequest(number))?.state).toBe('open')
  })

  test('a conflict names the file; the rest is untouched', async () => {
    const root = makeRepository({ a: '1\n' })
    const forge = await open(root)
    const { number } = await propose(forge, { a: 'theirs\n' })
    writeFiles(root, { a: 'ours\n' })
    git(root, ['commit', '-qam', 'Ours'])
    const error = await failure(forge.merge(number))
    expect(error.message).toMatch(/both changed the same lines in a$/)
    expect(error.hint).toMatch(/refit retrain/)
    expect(git(root, ['status', '--porcelain'])).toBe('')
  })

  test('what both sides changed elsewhere is merged', async () => {
    const root = makeRepository({ a: '1\n', b: '1\n' })
    const forge = await open(root)
    const { number } = await propose(forge, { a: '2\n' })
    writeFiles(root, { b: '2\n' })
    git(root, ['commit', '-qam', 'Ours'])
    await forge.merge(number)
    expect([readFileSync(join(root, 'a'), 'utf8'), readFileSync(join(root, 'b'), 'utf8')]).toEqual(['2\n', '2\n'])
  })

  test('a git from before 2.38 merges files, and refuses what both sides changed', async () => {
    const old = temporaryFolder()
    const real = git('/', ['--exec-path']).replace(/\/lib.*/, '/bin/git')
    writeFileSync(
      join(old, 'git'),
      `#!/bin/sh\n[ "$1" = merge-tree ] && { echo "usage: git merge-tree <base>" >&2; exit 129; }\nexec ${real} "$@"\n`,
    )
    chmodSync(join(old, 'git'), 0o755)
    const root = makeRepository({ a: '1\n', b: '1\n' })
    process.env['PATH'] = `${old}${delimiter}${process.env['PATH']}`
    const forge = await open(root)
    const first = await propose(forge, { a: '2\n', c: 'new\n' })
    writeFiles(root, { b: '2\n' })
    git(root, ['commit', '-qam', 'Ours'])
    await forge.merge(first.number)
    expect(readFileSync(join(root, 'c'), 'utf8')).toBe('new\n')
    expect(readFileSync(join(root, 'b'), 'utf8')).toBe('2\n')
    const second = await propose(forge, { a: '3\n' })
    writeFiles(root, { a: '4\n' })
    git(root, ['commit', '-qam', 'Ours again'])
    expect((await failure(forge.merge(second.number))).message).toMatch(/both changed the same lines in a$/)
  })

  test('a bot branch that somebody looks at moves under them, unless they changed something', async () => {
    const root = makeRepository({ a: '1' })
    const forge = await open(root)
    await propose(forge, { a: '2' })
    git(root, ['switch', '-q', HEAD])
    await propose(forge, { a: '3' })
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('3')
    writeFiles(root, { a: 'mine' })
    const before = await forge.head(HEAD)
    expect((await failure(propose(forge, { a: '4' }))).message).toMatch(/uncommitted changes in the way/)
    expect(await forge.head(HEAD)).toBe(before)
    expect((await failure(forge.deleteBranch(HEAD, before as string))).message).toMatch(/checked out in/)
  })

  test('drafts, and what is closed already, are not merged', async () => {
    const forge = await open(makeRepository())
    const { number } = await propose(forge, { a: '1' }, true)
    expect((await failure(forge.merge(number))).message).toMatch(/is a draft/)
    await forge.closePullRequest(number)
    expect((await failure(forge.merge(number))).message).toMatch(/is closed already/)
    expect((await failure(forge.merge(7))).message).toBe('there is no pull request 7')
  })

  test('a fast-forward by hand counts as merged, a branch reset to its base as closed', async () => {
    const root = makeBareRepository()
    const forge = await open(root)
    const first = await propose(forge, { a: '1' })
    git(root, ['update-ref', 'refs/heads/main', first.headOid])
    expect(await forge.pullRequest(first.number)).toMatchObject({ merged: true, mergeCommit: first.headOid })
    const second = await propose(forge, { a: '2' })
    git(root, ['update-ref', `refs/heads/${HEAD}`, first.headOid])
    expect(await forge.pullRequest(second.number)).toMatchObject({ state: 'closed', merged: false })
  })
})

describe('the files beside git', () => {
  test('processes that write at the same time lose nothing, and end by themselves', async () => {
    const root = makeRepository()
    const script = join(temporaryFolder(), 'writer.ts')
    const module = new URL('../../src/forge/local/local-forge.ts', import.meta.url).href
    writeFileSync(
      script,
      `const { openLocalForge } = await import(${JSON.stringify(module)})
const forge = await openLocalForge(${JSON.stringify(root)}, { clock: () => ${NOON} })
await forge.readFile('main', 'README.md')
for (let i = 0; i < 8; i++) await forge.upsertIssue({ marker: '<!-- ' + process.pid + ' ' + i + ' -->', title: 't', body: 'b', state: 'open' })
`,
    )
    const run = promisify(execFile)
    await Promise.all(Array.from({ length: 3 }, () => run(process.execPath, [script])))
    const issues = JSON.parse(readFileSync(join(root, '.git/refit/issues.json'), 'utf8')) as { number: number }[]
    expect(new Set(issues.map((issue) => issue.number)).size).toBe(24)
    expect(readdirSync(join(root, '.git/refit'))).toEqual(['issues.json'])
  })

  test('a text that another process writes while branches are looked at is kept', async () => {
    const root = makeRepository()
    const forge = await open(root)
    const { number } = await propose(forge, { a: '1' })
    git(root, ['update-ref', `refs/heads/${HEAD}`, git(root, ['commit-tree', 'HEAD^{tree}', '-p', HEAD, '-m', 'More'])])
    class Rival extends Store {
      override async update<T>(body: () => Promise<T>): Promise<T> {
        const pulls = await this.read('pulls')
        await this.write(
          'pulls',
          pulls.map((pull) => ({ ...pull, body: 'Theirs' })),
        )
        return super.update(body)
      }
    }
    const repository = await openRepository(root)
    await new Pulls(repository, new Rival(repository.commonDir), clock).all()
    repository.objects.close()
    expect(await forge.pullRequest(number)).toMatchObject({ body: 'Theirs', headOid: await forge.head(HEAD) })
  })

  test.each([
    ['of a process that is gone', `2147483646 ${hostname()} x\n`, 0],
    ['of another machine, long ago', '1 elsewhere x\n', 60_000],
  ])('the lock %s is taken over', async (_name, owner, age) => {
    const root = makeRepository()
    const forge = await open(root)
    writeFiles(root, { '.git/refit/lock': owner })
    const then = new Date(Date.now() - age)
    utimesSync(join(root, '.git/refit/lock'), then, then)
    await forge.dispatch('refit', {})
    expect(existsSync(join(root, '.git/refit/lock'))).toBe(false)
  })

  test('a damaged file gets one sentence, and git stays as it is', async () => {
    const root = makeRepository()
    const forge = await open(root)
    await propose(forge, { a: '1' })
    writeFileSync(join(forge.folder, 'pulls.json'), '[{"number": 1')
    const error = await failure(forge.pullRequests({ state: 'all' }))
    expect(error.message).toBe(`${join(forge.folder, 'pulls.json')} is damaged: it is no JSON list`)
    expect(error.hint).toMatch(/delete it to start/)
    rmSync(join(forge.folder, 'pulls.json'))
    expect(await forge.pullRequests({ state: 'all' })).toEqual([])
  })

  test('comments and statuses need something to stand on', async () => {
    const forge = await open(makeRepository())
    expect((await failure(forge.upsertComment(3, '<!-- m -->', 'x'))).message).toMatch(/no issue or pull request 3/)
    expect((await failure(forge.deploymentStatus(3, { state: 'success', description: '' }))).message).toMatch(
      /no deployment 3/,
    )
    expect((await failure(forge.react(3, 'eyes'))).message).toMatch(/no comment 3/)
    expect(await forge.permission()).toBe('admin')
  })
})

test('large files and many reads at once come back whole and in order', async () => {
  const large = Buffer.alloc(3_000_000, 'abc\n')
  const small = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`small/${i}`, `${i}\n`.repeat(i)]))
  const forge = await open(makeRepository({ large, ...small }))
  const paths = Object.keys(small)
  const [big, nothing, ...found] = await Promise.all(
    ['large', 'nothing', ...paths].map((path) => forge.readFile('main', path)),
  )
  expect(Buffer.compare(big as Uint8Array, large)).toBe(0)
  expect(nothing).toBeUndefined()
  expect(found.map((bytes) => Buffer.from(bytes as Uint8Array).toString())).toEqual(Object.values(small))
  forge.close()
  expect(await forge.readFile('main', 'small/1')).toEqual(Buffer.from('1\n'))
})
