import { describe, expect, test, beforeEach, afterEach } from 'vitest'
import { RefitError } from '../../src/core/error.ts'
import type { Forge, PullRequestDraft } from '../../src/forge/forge.ts'
import { git } from '../support/git.ts'

/** A forge under test, and its repository seen with git itself. */
export interface Bench {
  readonly forge: Forge
  /** A second client of the same repository: another run. */
  readonly other: Forge
  /** A folder in which git can be run. */
  readonly gitDir: string
  merge(number: number): Promise<string>
  /** Ids of the comments on a pull request. */
  comments(
    number: number,
  ): Promise<readonly { readonly id: number; readonly body: string; readonly reactions: readonly string[] }[]>
  issues(): Promise<
    readonly { readonly number: number; readonly title: string; readonly body: string; readonly state: string }[]
  >
  checks(): Promise<readonly { readonly name: string; readonly conclusion: string; readonly summary: string }[]>
  deployments(): Promise<
    readonly {
      readonly id: number
      readonly environment: string
      readonly states: readonly string[]
      readonly descriptions: readonly string[]
    }[]
  >
  dispatches(): Promise<readonly { readonly eventType: string; readonly payload: unknown }[]>
  close(): Promise<void>
}

export const FIRST_FILES = {
  'README.md': '# Models\n',
  '.github/refit.yml': 'models: {}\n',
  'models/churn/manifest.json': '{"version": 1}\n',
  'models/churn/versions/1/weights.bin': Uint8Array.from([0, 255, 1, 254, 128, 10, 13, 0]),
}

const HEAD = 'refit/retrain/churn'
const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes)

export async function failure(work: Promise<unknown>): Promise<RefitError> {
  const error: unknown = await work.then(
    () => new Error('it should have failed'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof RefitError) return error
  throw error
}

/** Everything that any forge has to do, whatever stands behind it. */
export function describeForge(name: string, open: () => Promise<Bench>): void {
  describe(`a forge: ${name}`, () => {
    let bench: Bench
    let forge: Forge
    let main: string
    beforeEach(async () => {
      bench = await open()
      forge = bench.forge
      main = (await forge.head('main')) as string
    })
    afterEach(() => bench.close())

    const commit = (
      files: Record<string, string | Uint8Array | null>,
      branch = HEAD,
      expected?: string,
      base?: string | null,
    ) =>
      forge.commit({
        branch,
        expected,
        ...(base === undefined ? {} : { base }),
        message: 'Retrain churn',
        files: new Map(Object.entries(files)),
      })
    const draft = (changes: Partial<PullRequestDraft> = {}): PullRequestDraft => ({
      head: HEAD,
      base: 'main',
      title: 'Retrain churn: v2',
      body: 'Better.\n\n| a | b |\n|---|---|\n',
      draft: false,
      labels: ['refit'],
      ...changes,
    })
    const propose = async (changes: Partial<PullRequestDraft> = {}) => {
      await commit({ 'models/churn/manifest.json': '{"version": 2}\n' }, HEAD, undefined, main)
      return (await forge.upsertPullRequest(draft(changes))).pullRequest
    }

    describe('reading', () => {
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

    describe('committing', () => {
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

    describe('pull requests', () => {
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

    describe('what stands beside the code', () => {
      test('one comment for each marker, brought up to date', async () => {
        const { number } = await propose()
        await forge.upsertComment(number, '<!-- refit:status -->', 'Staging')
        await forge.upsertComment(number, '<!-- refit:status -->', 'Canary at 5 %')
        await forge.upsertComment(number, '<!-- refit:help -->', 'Commands: …')
        const comments = await bench.comments(number)
        expect(comments).toHaveLength(2)
        expect(
          comments.some((one) => one.body.includes('Canary at 5 %') && one.body.includes('<!-- refit:status -->')),
        ).toBe(true)
        await forge.react(comments[0]?.id as number, 'eyes')
        await forge.react(comments[0]?.id as number, 'eyes')
        expect((await bench.comments(number)).find((one) => one.id === comments[0]?.id)?.reactions).toEqual(['eyes'])
      })

      test('one issue for each marker: made, changed, closed, opened again', async () => {
        const issue = {
          marker: '<!-- refit:dashboard -->',
          title: 'Refit dashboard',
          body: 'All fresh',
          state: 'open' as const,
        }
        expect(await forge.upsertIssue({ ...issue, state: 'closed' })).toBeUndefined()
        const made = await forge.upsertIssue(issue)
        await forge.upsertIssue({ ...issue, body: 'churn is stale' })
        expect(await bench.issues()).toMatchObject([{ number: made?.number, state: 'open', title: 'Refit dashboard' }])
        expect((await bench.issues())[0]?.body).toContain('churn is stale')
        await forge.upsertIssue({ ...issue, state: 'closed' })
        expect((await bench.issues())[0]?.state).toBe('closed')
        expect((await forge.upsertIssue(issue))?.number).toBe(made?.number)
        expect(await bench.issues()).toHaveLength(1)
      })

      test('issues and pull requests share their numbers', async () => {
        const issue = await forge.upsertIssue({ marker: '<!-- x -->', title: 'x', body: 'x', state: 'open' })
        expect((await propose()).number).toBe((issue?.number as number) + 1)
      })

      test('one check run for each commit and name', async () => {
        const check = {
          name: 'Refit: churn',
          headOid: main,
          conclusion: 'neutral' as const,
          title: 'Inconclusive',
          summary: 'x'.repeat(70_000),
        }
        await forge.checkRun(check)
        await forge.checkRun({ ...check, conclusion: 'success', summary: 'Better' })
        expect(await bench.checks()).toEqual([{ name: 'Refit: churn', conclusion: 'success', summary: 'Better' }])
      })

      test('a deployment is made once, its statuses follow, and a success replaces the one before', async () => {
        const deployment = (version: number) => ({
          ref: main,
          environment: 'production',
          description: `churn v${version}`,
          production: true,
          payload: { rolloutId: `r${version}`, model: 'churn' },
        })
        const first = await forge.createDeployment(deployment(1))
        expect(await forge.createDeployment(deployment(1))).toEqual(first)
        await forge.deploymentStatus(first.id, { state: 'success', description: 'All traffic' })
        const second = await forge.createDeployment(deployment(2))
        expect(second.id).not.toBe(first.id)
        await forge.deploymentStatus(second.id, {
          state: 'in_progress',
          description: `Canary ${'very '.repeat(50)}slow`,
        })
        await forge.deploymentStatus(second.id, { state: 'success', description: 'All traffic' })
        await forge.deploymentStatus(second.id, { state: 'success', description: 'All traffic' })
        const found = await bench.deployments()
        expect(found.find((one) => one.id === first.id)?.states).toEqual(['success', 'inactive'])
        const replaced = found.find((one) => one.id === second.id)
        expect(replaced?.states).toEqual(['in_progress', 'success'])
        expect(replaced?.descriptions[0]?.length).toBeLessThanOrEqual(140)
      })

      test('a dispatch carries its payload', async () => {
        await forge.dispatch('refit-rollout', { model: 'churn', version: '2' })
        expect(await bench.dispatches()).toEqual([
          { eventType: 'refit-rollout', payload: { model: 'churn', version: '2' } },
        ])
      })
    })
  })
}
