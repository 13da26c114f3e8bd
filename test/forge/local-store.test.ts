import { execFile } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Pulls } from '../../src/forge/local/pulls.ts'
import { openRepository } from '../../src/forge/local/repository.ts'
import { Store } from '../../src/forge/local/store.ts'
import { git, makeRepository, temporaryFolder, writeFiles } from '../support/git.ts'
import { failure } from './contract/stage.ts'
import { HEAD, NOON, clock, open, propose } from './local-world.ts'

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
