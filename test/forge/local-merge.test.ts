import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { git, makeBareRepository, makeRepository, temporaryFolder, writeFiles } from '../support/git.ts'
import { failure } from './contract/stage.ts'
import { HEAD, open, propose } from './local-world.ts'

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
