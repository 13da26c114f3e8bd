import { beforeEach, describe, expect, test } from 'vitest'
import type { Forge } from '../../../src/forge/forge.ts'
import { git } from '../../support/git.ts'
import { FIRST_FILES, failure, text, type Stage, type Bench } from './stage.ts'

/** What any forge has to answer. */
export function describeReading(stage: Stage): void {
  describe('reading', () => {
    let bench: Bench
    let forge: Forge
    let main: string
    beforeEach(() => {
      ;({ bench, forge, main } = stage.now())
    })

    test('knows the default branch, heads of branches, and branches that do not exist', async () => {
      expect(await forge.defaultBranch()).toBe('main')
      expect(main).toBe(git(bench.gitDir, ['rev-parse', 'refs/heads/main']))
      expect(await forge.head('refit/state/churn')).toBeUndefined()
    })

    test('reads files byte for byte, at a branch and at a commit', async () => {
      expect(text(await forge.readFile('main', '.github/refit.yml'))).toBe('models: {}\n')
      const weights = await forge.readFile(main, 'models/churn/versions/1/weights.bin')
      expect([...(weights as Uint8Array)]).toEqual([0, 255, 1, 254, 128, 10, 13, 0])
    })

    test('tells what a branch has beyond the point at which it left another', async () => {
      const base = { branch: 'refit/retrain/churn', base: main }
      const files = new Map([['models/churn/manifest.json', '{"version": 2}\n']])
      const first = await forge.commit({ ...base, expected: undefined, message: 'Retrain\n\nWhy', files })
      const more = new Map([
        ['notes.md', 'mine'],
        ['README.md', null],
      ])
      const second = await forge.commit({ branch: base.branch, expected: first.oid, message: 'Notes', files: more })
      const other = new Map([['data.csv', 'a\n1\n']])
      const moved = await forge.commit({ branch: 'main', expected: main, message: 'Data', files: other })
      const { commits, ...compared } = await forge.compare(moved.oid, second.oid)
      expect(compared.mergeBase).toBe(main)
      expect(compared.files?.toSorted()).toEqual(['README.md', 'models/churn/manifest.json', 'notes.md'])
      expect(commits.map(({ oid, message }) => [oid, message])).toEqual([
        [first.oid, 'Retrain\n\nWhy'],
        [second.oid, 'Notes'],
      ])
      expect(await forge.compare(second.oid, main)).toMatchObject({ mergeBase: main, commits: [], files: [] })
    })

    test('branches without a common commit have no merge base', async () => {
      const files = new Map([['state.json', '{}']])
      const orphan = await forge.commit({
        branch: 'refit/state/churn',
        expected: undefined,
        base: null,
        message: 'State',
        files,
      })
      expect(await forge.compare(main, orphan.oid)).toEqual({ mergeBase: undefined, commits: [], files: undefined })
    })

    test('a file, a folder or a branch that is not there is undefined', async () => {
      expect(await forge.readFile('main', 'nothing.txt')).toBeUndefined()
      expect(await forge.readFile('main', 'models/churn')).toBeUndefined()
      expect(await forge.readFile('refit/state/churn', 'state.json')).toBeUndefined()
      expect(await forge.readFile('0'.repeat(40), 'README.md')).toBeUndefined()
    })

    test('lists the files below a folder', async () => {
      const below = ['models/churn/manifest.json', 'models/churn/versions/1/weights.bin']
      expect(await forge.listFiles('main', 'models')).toEqual(below)
      expect(await forge.listFiles(main, 'models/churn/')).toEqual(below)
      expect(await forge.listFiles('main', '')).toEqual(Object.keys(FIRST_FILES).sort())
      expect(await forge.listFiles('main', 'data')).toEqual([])
      expect(await forge.listFiles('no-such-branch', 'models')).toEqual([])
    })

    test('a path cannot leave the repository, nor end a line of a protocol', async () => {
      for (const path of ['../secret', '/etc/passwd', 'a\nb', '.git/config', 'a//b', '']) {
        expect((await failure((async () => forge.readFile('main', path))())).code).toBe('forge')
      }
      for (const branch of ['a b', '..', '-x', 'a\nb', 'a.lock', '']) {
        expect((await failure((async () => forge.head(branch))())).code).toBe('forge')
      }
    })

    test('tells the history of a file, newest first', async () => {
      let head: string | undefined
      for (const n of [1, 2, 3]) {
        const request = { branch: 'refit/state/churn', expected: head, message: `Tick ${n}\n\nWith a body.` }
        const files = new Map([
          ['state.json', `{"generation": ${n}}\n`],
          ['other.txt', 'x'],
        ])
        head = (await forge.commit({ ...request, ...(head === undefined ? { base: null } : {}), files })).oid
      }
      const history = await forge.history('refit/state/churn', 'state.json', 2)
      expect(history.map((one) => one.message)).toEqual(['Tick 3\n\nWith a body.', 'Tick 2\n\nWith a body.'])
      expect(history[0]?.oid).toBe(head)
      expect(history[0]?.time).toBeGreaterThan(Date.UTC(2020, 0, 1))
      expect(await forge.history('refit/state/churn', 'other.txt', 10)).toHaveLength(1)
      expect(await forge.history('no-such-branch', 'state.json', 10)).toEqual([])
    })
  })
}
