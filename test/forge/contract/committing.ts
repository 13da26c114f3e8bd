import { beforeEach, describe, expect, test } from 'vitest'
import type { RefitError } from '../../../src/core/error.ts'
import type { Forge } from '../../../src/forge/forge.ts'
import { git } from '../../support/git.ts'
import { HEAD, failure, text, type Stage, type Bench } from './stage.ts'

/** Commits by compare-and-swap, on any base. */
export function describeCommitting(stage: Stage): void {
  describe('committing', () => {
    let bench: Bench
    let forge: Forge
    let main: string
    beforeEach(() => {
      ;({ bench, forge, main } = stage.now())
    })
    const { commit } = stage

    test('lays files on a base, of any kind of content and with any kind of name', async () => {
      const binary = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 131) % 256)
      const files = {
        'models/churn/manifest.json': '{"version": 2}\n',
        'models/churn/versions/2/weights.bin': binary,
        'models/churn/a "quoted" ümläut name.md': 'BOM and line ends survive: \ufeff\r\n\n',
        'empty.txt': '',
      }
      const { oid, changed } = await commit(files, HEAD, undefined, main)
      expect(changed).toBe(true)
      expect(await forge.head(HEAD)).toBe(oid)
      expect(git(bench.gitDir, ['rev-list', '--parents', '-1', oid])).toBe(`${oid} ${main}`)
      for (const [path, content] of Object.entries(files)) {
        const read = Buffer.from((await forge.readFile(oid, path)) as Uint8Array)
        expect([path, read.equals(Buffer.from(content))]).toEqual([path, true])
      }
      expect(text(await forge.readFile(HEAD, 'README.md'))).toBe('# Models\n')
      git(bench.gitDir, ['fsck', '--strict'])
    })

    test('deletes files, and is not disturbed by those that are gone already', async () => {
      const { oid } = await commit({ 'README.md': null, 'nothing.txt': null }, HEAD, undefined, main)
      expect(await forge.listFiles(oid, '')).not.toContain('README.md')
    })

    test('goes on from the head by default', async () => {
      const first = await commit({ a: '1' }, HEAD, undefined, main)
      const second = await commit({ b: '2' }, HEAD, first.oid)
      expect(git(bench.gitDir, ['rev-list', '--parents', '-1', second.oid])).toBe(`${second.oid} ${first.oid}`)
      expect(await forge.listFiles(second.oid, '')).toEqual(expect.arrayContaining(['a', 'b', 'README.md']))
    })

    test('makes an orphan branch that has its own files only', async () => {
      const { oid } = await commit({ 'state.json': '{}' }, 'refit/state/churn', undefined, null)
      expect(await forge.listFiles(oid, '')).toEqual(['state.json'])
      expect(git(bench.gitDir, ['rev-list', '--count', oid])).toBe('1')
    })

    test('creating a branch that exists is stale, and leaves it alone', async () => {
      const { oid } = await commit({ a: '1' }, HEAD, undefined, main)
      const error = await failure(commit({ a: '2' }, HEAD, undefined, main))
      expect(error.code).toBe('stale')
      expect(error.message).toContain(oid.slice(0, 7))
      expect(await forge.head(HEAD)).toBe(oid)
    })

    test('committing on a head that is no longer the head is stale, even where nothing would change', async () => {
      const first = await commit({ a: '1' }, HEAD, undefined, main)
      const second = await commit({ a: '2' }, HEAD, first.oid)
      expect((await failure(commit({ a: '3' }, HEAD, first.oid))).code).toBe('stale')
      expect((await failure(commit({ a: '1' }, HEAD, first.oid))).code).toBe('stale')
      expect((await failure(commit({ a: '1' }, 'refit/gone', first.oid))).code).toBe('stale')
      expect(await forge.head(HEAD)).toBe(second.oid)
    })

    test('of several runs that claim or move a branch at once, exactly one wins', async () => {
      const clients = [forge, bench.other, forge, bench.other]
      const claim = (client: Forge, n: number) =>
        client.commit({
          branch: 'refit/state/churn',
          expected: undefined,
          base: null,
          message: 'Claim',
          files: new Map([['run', String(n)]]),
        })
      const claims = await Promise.allSettled(clients.map(claim))
      const won = claims.filter((one) => one.status === 'fulfilled')
      expect(won).toHaveLength(1)
      const lost = claims.filter((one) => one.status === 'rejected')
      expect(lost.map((one) => (one.reason as RefitError).code)).toEqual(['stale', 'stale', 'stale'])
      const expected = won[0]?.value.oid as string
      const move = (client: Forge, n: number) =>
        client.commit({
          branch: 'refit/state/churn',
          expected,
          message: 'Tick',
          files: new Map([['tick', String(n)]]),
        })
      const moves = await Promise.allSettled(clients.map(move))
      expect(moves.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
      expect(git(bench.gitDir, ['rev-list', '--count', 'refs/heads/refit/state/churn'])).toBe('2')
    })

    test('writes nothing twice', async () => {
      const first = await commit({ a: '1', b: '2' }, HEAD, undefined, main)
      expect(await commit({ a: '1' }, HEAD, first.oid)).toEqual({ oid: first.oid, changed: false })
      expect(await commit({ a: '1', b: '2' }, HEAD, first.oid, main)).toEqual({ oid: first.oid, changed: false })
      expect(await forge.head(HEAD)).toBe(first.oid)
    })

    test('a new branch that would equal its base is not made', async () => {
      const result = await commit({ 'README.md': '# Models\n' }, HEAD, undefined, main)
      expect(result).toEqual({ oid: main, changed: false })
      expect(await forge.head(HEAD)).toBeUndefined()
    })

    test('rebuilds a branch on the newest base in one move', async () => {
      const old = await commit({ 'models/churn/manifest.json': '{"version": 2}\n' }, HEAD, undefined, main)
      const newMain = await commit({ 'README.md': '# Changed\n' }, 'main', main)
      const rebuilt = await commit({ 'models/churn/manifest.json': '{"version": 2}\n' }, HEAD, old.oid, newMain.oid)
      expect(rebuilt.changed).toBe(true)
      expect(git(bench.gitDir, ['rev-list', '--parents', '-1', rebuilt.oid])).toBe(`${rebuilt.oid} ${newMain.oid}`)
      expect(text(await forge.readFile(HEAD, 'README.md'))).toBe('# Changed\n')
      expect((await failure(commit({ a: '1' }, HEAD, old.oid, newMain.oid))).code).toBe('stale')
    })

    test('deletes a branch only while it is where it was seen', async () => {
      const first = await commit({ a: '1' }, HEAD, undefined, main)
      const second = await commit({ a: '2' }, HEAD, first.oid)
      expect((await failure(forge.deleteBranch(HEAD, first.oid))).code).toBe('stale')
      await forge.deleteBranch(HEAD, second.oid)
      expect(await forge.head(HEAD)).toBeUndefined()
      await forge.deleteBranch(HEAD, second.oid)
    })
  })
}
