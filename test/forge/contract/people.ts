import { rmSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Forge } from '../../../src/forge/forge.ts'
import { foreignWork, signFiles } from '../../../src/forge/own-work.ts'
import { git, temporaryFolder, writeFiles } from '../../support/git.ts'
import { HEAD, type Bench, type Stage } from './stage.ts'

const MANIFEST = 'models/churn/manifest.json'
const CARD = 'models/churn/versions/2/card.md'

/** Whether the bot notices that its branch holds something that is not its own. */
export function describePeople(stage: Stage): void {
  describe('people on a branch of the bot', () => {
    let bench: Bench
    let forge: Forge
    let clone: string
    beforeEach(async () => {
      const { main } = stage.now()
      ;({ bench, forge } = stage.now())
      await proposeOn(main)
      clone = temporaryFolder('refit-clone')
      git(clone, ['clone', '--quiet', bench.gitDir, '.'])
      git(clone, ['switch', '--quiet', HEAD])
    })

    const proposeOn = async (base: string): Promise<void> => {
      const files = new Map([
        [MANIFEST, '{"version": 2}\n'],
        [CARD, '# v2\n'],
      ])
      const message = signFiles('Retrain churn: v2\n\nBetter.\n\nRefit-Candidate: abc', files)
      await forge.commit({ branch: HEAD, expected: await forge.head(HEAD), base, message, files })
    }
    /** Work of a person in a clone, pushed. */
    const work = (files: Record<string, string | null>, ...commit: string[]): void => {
      for (const [path, content] of Object.entries(files)) {
        if (content === null) rmSync(`${clone}/${path}`)
        else writeFiles(clone, { [path]: content })
      }
      git(clone, ['add', '--all'])
      git(clone, ['commit', '--quiet', ...commit])
      push()
    }
    const push = (): void => {
      git(clone, ['push', '--quiet', '--force', 'origin', HEAD])
    }
    const found = async () => foreignWork(forge, (await forge.head(HEAD)) as string)
    const moveMain = async (files: Record<string, string>): Promise<void> => {
      const expected = await forge.head('main')
      await forge.commit({ branch: 'main', expected, message: 'Main', files: new Map(Object.entries(files)) })
      git(clone, ['fetch', '--quiet'])
    }

    test('the bot’s own commit is no work of a person, on whatever base it lies', async () => {
      expect(await found()).toBeUndefined()
      await moveMain({ 'README.md': '# New\n' })
      expect(await found()).toBeUndefined()
      await proposeOn((await forge.head('main')) as string)
      expect(await found()).toBeUndefined()
    })

    test.each([
      ['a file beside the model', { 'README.md': '# Mine\n' }],
      ['a new file', { 'docs/why.md': 'Because.\n' }],
      ['the manifest', { [MANIFEST]: '{"version": 3}\n' }],
      ['a file of the version', { [CARD]: '# Mine\n' }],
      ['a file that is gone', { [CARD]: null }],
      ['a file of the default branch that is gone', { 'README.md': null }],
    ])('%s is a person’s work', async (_what, files) => {
      work(files, '--message=Mine')
      expect(await found()).toEqual({
        files: Object.keys(files),
        commit: expect.stringMatching(/^[0-9a-f]{7} “Mine”$/) as string,
      })
    })

    test('a change that a person took back to what the default branch has is their work', async () => {
      await moveMain({ [MANIFEST]: '{"version": 1}\n' })
      await proposeOn((await forge.head('main')) as string)
      git(clone, ['fetch', '--quiet'])
      git(clone, ['reset', '--quiet', '--hard', `origin/${HEAD}`])
      expect(await found()).toBeUndefined()
      work({ [MANIFEST]: '{"version": 1}\n' }, '--message=Not yet')
      expect((await found())?.files).toEqual([MANIFEST])
    })

    test('what was squashed into the bot’s own commit is seen, although the message still is the bot’s', async () => {
      work({ 'README.md': '# Mine\n' }, '--amend', '--no-edit')
      expect((await found())?.files).toEqual(['README.md'])
      work({ 'README.md': '# Models\n', [CARD]: '# Mine\n' }, '--amend', '--no-edit')
      expect((await found())?.files).toEqual([CARD])
    })

    test('a merge of the default branch, a rebase and an empty commit are in nobody’s way', async () => {
      await moveMain({ 'README.md': '# New\n' })
      git(clone, ['merge', '--quiet', '--no-edit', 'origin/main'])
      push()
      expect(await found()).toBeUndefined()
      git(clone, ['rebase', '--quiet', 'origin/main'])
      push()
      expect(await found()).toBeUndefined()
      work({}, '--allow-empty', '--message=Start CI')
      expect(await found()).toBeUndefined()
    })

    test('a merge in which a person resolved a conflict is their work', async () => {
      await moveMain({ [MANIFEST]: '{"version": 9}\n' })
      git(clone, ['merge', '--quiet', '--no-commit', '--strategy=ours', 'origin/main'])
      work({ [MANIFEST]: '{"version": 10}\n' }, '--message=Merge by hand')
      expect((await found())?.files).toEqual([MANIFEST])
    })

    test('another branch that was put in its place is a person’s work, also without a common history', async () => {
      git(clone, ['switch', '--quiet', '--discard-changes', '-C', HEAD, 'origin/main'])
      work({ 'other.md': 'x\n' }, '--message=Other')
      expect((await found())?.files).toEqual(['other.md'])
      git(clone, ['switch', '--quiet', '--orphan', 'fresh'])
      git(clone, ['branch', '--quiet', '-D', HEAD])
      git(clone, ['branch', '--quiet', '-m', HEAD])
      work({ 'other.md': 'x\n' }, '--message=Fresh')
      expect((await found())?.commit).toMatch(/^[0-9a-f]{7}/)
    })

    test('an earlier version of the bot’s, which was taken out of the default branch, is its own', async () => {
      const before = stage.now().main
      git(bench.gitDir, ['update-ref', 'refs/heads/main', `refs/heads/${HEAD}`])
      const files = new Map([
        [MANIFEST, '{"version": 3}\n'],
        ['models/churn/versions/3/card.md', '# v3\n'],
      ])
      const base = (await forge.head('main')) as string
      await forge.commit({ branch: HEAD, expected: base, base, message: signFiles('Retrain churn: v3', files), files })
      git(bench.gitDir, ['update-ref', 'refs/heads/main', before])
      expect(await found()).toBeUndefined()
      git(clone, ['pull', '--quiet', '--ff-only', 'origin', HEAD])
      work({ [CARD]: '# Mine\n' }, '--message=Mine')
      expect((await found())?.files).toEqual([CARD])
    })

    test('what has been merged is not lost, whether as a merge, as one commit, or with the branch put back to its base', async () => {
      work({ 'README.md': '# Mine\n' }, '--message=Mine')
      expect(await found()).toBeDefined()
      await moveMain({ 'README.md': '# Mine\n', [MANIFEST]: '{"version": 2}\n', [CARD]: '# v2\n' })
      expect(await found()).toBeUndefined()
      git(clone, ['reset', '--quiet', '--hard', 'origin/main'])
      push()
      expect(await found()).toBeUndefined()
    })
  })
}
