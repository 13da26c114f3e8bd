import { expect, test } from 'vitest'
import { GitStore } from '../support/github-emulator/git-store.ts'
import { MemoryStore } from '../support/github-emulator/memory-store.ts'

const FILES = {
  'README.md': '# A\n',
  'models/a/m.json': '{}\n',
  'models/a-b': 'x',
  'models/a.c': 'y',
  'data/1.csv': 'ü\n',
}

/** What a repository says, but commit ids, which depend on the clock. */
function story(store: GitStore | MemoryStore): unknown[] {
  const main = store.head('main') as string
  const blob = store.writeBlob(Buffer.from('new\n'))
  const tree = store.writeTree(main, [
    { path: 'models/a/n/deep.txt', sha: blob },
    { path: 'models/a-b', sha: null },
  ])
  const side = store.writeCommit(tree, [main], 'Side\n\nbody\n')
  store.updateRef('refs/heads/x/side', side, undefined)
  const other = store.writeCommit(store.writeTree(main, [{ path: 'data/1.csv', sha: blob }]), [main], 'Other')
  store.updateRef('refs/heads/main', other, main)
  const merged = store.merge(other, side, 'Merge')
  const named = (oids: readonly string[]): (string | undefined)[] =>
    oids.map((oid) => Object.entries({ main, side, other, merged }).find(([, known]) => known === oid)?.[0])
  const sorted = (oid: string, deep: boolean): unknown[] =>
    store
      .listTree(oid, deep)
      .map(({ path, mode, type, sha }) => ({ path, mode, type, sha }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
  return [
    blob,
    tree,
    store.readCommit(merged).tree,
    store.readCommit(side).message,
    sorted(merged, true),
    sorted(merged, false),
    store.readFile(merged, 'models/a/n/deep.txt')?.toString(),
    store.readFile(merged, 'models/a'),
    store.readFile(merged, 'models/a-b'),
    store.resolve('x/side') === side,
    store.resolve('0'.repeat(40)),
    [store.exists(blob), store.exists(tree), store.exists('1'.repeat(40))],
    [store.isAncestor(main, merged), store.isAncestor(merged, main), store.isAncestor(side, other)],
    named(store.log(merged, 'data/1.csv', 0, 10)),
    named(store.log(merged, 'models/a/n/deep.txt', 0, 10)),
    named(store.log(side, undefined, 1, 10)),
    Object.keys(store.branches()),
  ]
}

test('a repository in memory tells the same story as git, with the same ids', () => {
  expect(story(new MemoryStore(FILES))).toEqual(story(new GitStore(FILES)))
})

test.each([
  ['git', (): GitStore => new GitStore(FILES)],
  ['memory', (): MemoryStore => new MemoryStore(FILES)],
])('a branch that is elsewhere is not moved (%s)', (_name, open) => {
  const store = open()
  const main = store.head('main') as string
  expect(() => store.updateRef('refs/heads/main', main, undefined)).toThrow(/refs\/heads\/main/)
  expect(() => store.updateRef('refs/heads/new', main, main)).toThrow(/refs\/heads\/new/)
  expect(store.head('main')).toBe(main)
})

test('a copy goes its own way', () => {
  const store = new MemoryStore(FILES)
  const copy = store.clone()
  copy.updateRef('refs/heads/main', copy.writeCommit(copy.writeTree(undefined, []), [], 'New'), copy.head('main'))
  expect(store.readFile(store.head('main') as string, 'README.md')?.toString()).toBe('# A\n')
  expect(copy.listTree(copy.head('main') as string, true)).toEqual([])
})
