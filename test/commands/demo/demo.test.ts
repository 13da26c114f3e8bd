import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDemo } from '../../../src/commands/demo.ts'
import { silentLog } from '../../../src/core/log.ts'
import { type LocalForge, openLocalForge } from '../../../src/forge/local/local-forge.ts'
import { readManifest } from '../../../src/registry/read.ts'
import { readRollout } from '../../../src/rollout/read.ts'

let parent: string
let folder: string
let said = ''
let forge: LocalForge

/** One run of the whole story, real training, real HTTP, real git: what it leaves behind is looked at from all sides. */
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'refit-demo-'))
  folder = join(parent, 'demo')
  await runDemo({ folder, seed: 1, log: silentLog, out: { columns: 400, write: (text) => (said += text) } })
  forge = await openLocalForge(folder, { clock: Date.now })
}, 240_000)
afterAll(async () => {
  forge?.close()
  await rm(parent, { recursive: true, force: true })
})

describe('the demo', () => {
  it('lives through months in which nothing fires', () => {
    expect(said.match(/nothing fired/g)?.length).toBeGreaterThanOrEqual(2)
  })

  it('sees the launch as drift before its labels are there, and as lost performance when they are', () => {
    const may = chapter('May 2026')
    expect(may).toMatch(/● drift/)
    expect(may).toMatch(/· performance/)
    expect(chapter('June 2026')).toMatch(/● performance/)
  })

  it('sees the competitor as lost performance only', () => {
    const september = chapter('September 2026')
    expect(september).toMatch(/● performance/)
    expect(september).toMatch(/· drift/)
  })

  it('merges what is proven better, and rolls it out in every stage', async () => {
    const june = chapter('June 2026')
    const stages = [
      'staging → shadow',
      'shadow → canary',
      'canary 20 % → canary 50 %',
      'canary 50 % → full',
      'Promote v2',
    ]
    for (const stage of stages) expect(june).toContain(stage)
    const pulls = await forge.pullRequests({ state: 'all' })
    expect(pulls.filter((pull) => pull.merged).map((pull) => pull.head)).toEqual([
      'refit/revert/churn-v4',
      'refit/retrain/churn',
      'refit/retrain/churn',
      'refit/retrain/churn',
      'refit/retrain/churn',
    ])
  })

  it('rolls the candidate back that looked best offline, before any caller was answered by it', async () => {
    const october = chapter('October 2026')
    expect(october).toMatch(/v4 is better than v3: auc \+0\.[1-4]/)
    expect(october).toMatch(/Roll back v4, all traffic to v3: prediction-shift/)
    expect(october).toContain('No caller ever got an answer of it')
    const { state, effective } = await readRollout(forge, 'churn')
    expect(effective?.stable?.version).toBe(3)
    expect(state?.quarantine).toHaveLength(1)
  })

  it('ends with a manifest that says what production serves, and a rule that stops the wrong data', async () => {
    expect((await readManifest(forge, 'main', 'churn'))?.version).toBe(3)
    expect(await readFile(join(folder, '.github/refit.yml'), 'utf8')).toContain('max: 744')
    expect(chapter('The lesson')).toMatch(/monthly_usage: .* are above 744/)
  })

  it('names only files that are there', async () => {
    const pages = [...said.matchAll(/\S+\/(\.refit\/pull-request-\d+\.html)/g)].map((match) => match[1] as string)
    expect(pages.length).toBeGreaterThanOrEqual(4)
    for (const page of pages) expect(await readFile(join(folder, page), 'utf8')).toContain('<html')
  })

  it('refuses a folder in which something lies', async () => {
    const full = await mkdtemp(join(parent, 'full-'))
    await writeFile(join(full, 'mine.txt'), 'mine')
    await expect(runDemo({ folder: full, seed: 1, log: silentLog, out: { write: () => true } })).rejects.toMatchObject({
      code: 'usage',
    })
    expect(await readFile(join(full, 'mine.txt'), 'utf8')).toBe('mine')
  })
})

/** What was said under a heading. */
function chapter(title: string): string {
  const from = said.indexOf(`── ${title} `)
  expect(from, `a chapter “${title}”`).toBeGreaterThanOrEqual(0)
  const next = said.indexOf('\n── ', from + 1)
  return said.slice(from, next < 0 ? undefined : next)
}
