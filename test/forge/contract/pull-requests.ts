import { beforeEach, describe, expect, test } from 'vitest'
import type { Forge } from '../../../src/forge/forge.ts'
import { git } from '../../support/git.ts'
import { HEAD, failure, text, type Stage, type Bench } from './stage.ts'

/** One pull request for each branch, and what becomes of it. */
export function describePullRequests(stage: Stage): void {
  describe('pull requests', () => {
    let bench: Bench
    let forge: Forge
    let main: string
    beforeEach(() => {
      ;({ bench, forge, main } = stage.now())
    })
    const { commit, draft, propose } = stage

    test('one is opened for a branch, found again, and left alone when nothing is new', async () => {
      await commit({ a: '1' }, HEAD, undefined, main)
      const { pullRequest, outcome } = await forge.upsertPullRequest(draft())
      expect(outcome).toBe('created')
      expect(pullRequest).toMatchObject({
        state: 'open',
        merged: false,
        draft: false,
        head: HEAD,
        base: 'main',
        title: 'Retrain churn: v2',
      })
      expect(pullRequest.headOid).toBe(await forge.head(HEAD))
      expect(pullRequest.mergeCommit).toBeUndefined()
      expect(await forge.openPullRequest(HEAD)).toEqual(await forge.pullRequest(pullRequest.number))
      const again = await forge.upsertPullRequest(draft({ body: '  Better.\r\n\r\n| a | b |\r\n|---|---|' }))
      expect(again.outcome).toBe('unchanged')
      expect(again.pullRequest.number).toBe(pullRequest.number)
    })

    test('its title, text and draft state are brought up to date', async () => {
      const first = await propose()
      const second = await forge.upsertPullRequest(draft({ title: 'Retrain churn: v3', body: 'Even better.' }))
      expect(second.outcome).toBe('updated')
      expect(second.pullRequest).toMatchObject({ number: first.number, title: 'Retrain churn: v3' })
      const third = await forge.upsertPullRequest(
        draft({ title: 'Retrain churn: v3', body: 'Even better.', draft: true }),
      )
      expect(third).toMatchObject({ outcome: 'updated', pullRequest: { draft: true } })
      const fourth = await forge.upsertPullRequest(draft({ title: 'Retrain churn: v3', body: 'Even better.' }))
      expect(fourth).toMatchObject({ outcome: 'updated', pullRequest: { draft: false } })
      expect((await forge.pullRequest(first.number))?.draft).toBe(false)
      expect(await forge.pullRequests({ state: 'all' })).toHaveLength(1)
    })

    test('it follows its branch, and survives being rebuilt on a newer base', async () => {
      const { number, headOid } = await propose()
      const newMain = await commit({ 'README.md': '# Changed\n' }, 'main', main)
      const rebuilt = await commit({ 'models/churn/manifest.json': '{"version": 2}\n' }, HEAD, headOid, newMain.oid)
      expect(await forge.pullRequest(number)).toMatchObject({ state: 'open', headOid: rebuilt.oid })
    })

    test('a merged one names its merge commit', async () => {
      const { number } = await propose()
      const oid = await bench.merge(number)
      expect(await forge.pullRequest(number)).toMatchObject({ state: 'closed', merged: true, mergeCommit: oid })
      expect(await forge.openPullRequest(HEAD)).toBeUndefined()
      expect(await forge.head('main')).toBe(oid)
      expect(text(await forge.readFile('main', 'models/churn/manifest.json'))).toBe('{"version": 2}\n')
    })

    test('one that was merged with git itself is seen as merged', async () => {
      const { number, headOid } = await propose()
      const tree = git(bench.gitDir, ['rev-parse', `${headOid}^{tree}`])
      const oid = git(bench.gitDir, ['commit-tree', tree, '-p', main, '-p', headOid, '-m', 'Merge by hand'])
      // As a push of a merge made elsewhere.
      await forge.commit({ branch: 'main', expected: main, message: 'Before', files: new Map([['x', 'y']]) })
      git(bench.gitDir, ['update-ref', 'refs/heads/main', oid])
      await commit({ z: '1' }, 'refit/other', undefined, main)
      expect(await forge.pullRequest(number)).toMatchObject({ state: 'closed', merged: true, mergeCommit: oid })
    })

    test('a closed one stays closed, and the next proposal is a new one', async () => {
      const { number } = await propose()
      await forge.closePullRequest(number)
      expect(await forge.pullRequest(number)).toMatchObject({ state: 'closed', merged: false })
      const next = await forge.upsertPullRequest(draft())
      expect(next.outcome).toBe('created')
      expect(next.pullRequest.number).toBeGreaterThan(number)
    })

    test('deleting its branch closes it', async () => {
      const { number, headOid } = await propose()
      await forge.deleteBranch(HEAD, headOid)
      expect(await forge.pullRequest(number)).toMatchObject({ state: 'closed', merged: false })
    })

    test('they are listed newest first, by state and by branch', async () => {
      const first = await propose()
      await forge.closePullRequest(first.number)
      const second = (await forge.upsertPullRequest(draft())).pullRequest
      await commit({ a: '1' }, 'refit/revert/churn-v2', undefined, main)
      const third = (await forge.upsertPullRequest(draft({ head: 'refit/revert/churn-v2' }))).pullRequest
      const numbers = async (filter: Parameters<Forge['pullRequests']>[0]) =>
        (await forge.pullRequests(filter)).map((one) => one.number)
      expect(await numbers({ state: 'all' })).toEqual([third.number, second.number, first.number])
      expect(await numbers({ state: 'open' })).toEqual([third.number, second.number])
      expect(await numbers({ state: 'closed' })).toEqual([first.number])
      expect(await numbers({ state: 'all', headPrefix: 'refit/retrain/' })).toEqual([second.number, first.number])
    })

    test('none is opened where there is nothing to merge, or no branch', async () => {
      await commit({ a: '1' }, HEAD, undefined, main)
      git(bench.gitDir, ['update-ref', `refs/heads/${HEAD}`, main])
      expect((await failure(forge.upsertPullRequest(draft()))).message).toMatch(
        /no commits between main and refit\/retrain\/churn/,
      )
      expect((await failure(forge.upsertPullRequest(draft({ head: 'refit/nothing' })))).code).toBe('forge')
      expect(await forge.pullRequests({ state: 'all' })).toEqual([])
    })

    test('a text that is too long is cut where it can be cut, and says so', async () => {
      const body = `<!-- refit -->\n<details><summary>All</summary>\n\n${'| a row of a table | 0.123 |\n'.repeat(4000)}\n</details>`
      const pull = await propose({ body })
      const shown = (await forge.pullRequest(pull.number))?.body as string
      expect(shown.replaceAll('\r\n', '\n').length).toBeLessThanOrEqual(65_536)
      expect(shown).toMatch(/Cut here/)
      expect(shown).toContain('<!-- refit -->')
      expect((await forge.upsertPullRequest(draft({ body }))).outcome).toBe('unchanged')
    })

    test('one that is not there is undefined', async () => {
      expect(await forge.pullRequest(99)).toBeUndefined()
      expect(await forge.openPullRequest(HEAD)).toBeUndefined()
    })
  })
}
