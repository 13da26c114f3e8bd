import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runCli } from '../../src/commands/cli.ts'
import { createRandom } from '../../src/core/random.ts'
import { parseProfile } from '../../src/data/profile-schema.ts'
import type { Profile } from '../../src/data/types.ts'

let root = ''
const ROWS = 2000

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'refit-profile-'))
  mkdirSync(join(root, '.github'))
  writeFileSync(
    join(root, '.github/refit.yml'),
    'models:\n  m:\n    data: {source: "data/**/*.csv", label: y, id: id}\n',
  )
  execFileSync('git', ['init', '--quiet', '--initial-branch', 'main'], { cwd: root })
  const random = createRandom(1)
  for (const [part, shift] of [
    ['a', 0],
    ['b', 3],
  ] as const) {
    mkdirSync(join(root, `data/site=${part}`), { recursive: true })
    const lines = Array.from({ length: ROWS }, (_, i) =>
      [`${part}${i}`, (random.normal() + shift).toFixed(5), `town ${random.below(300)}`, i % 2].join(','),
    )
    writeFileSync(join(root, `data/site=${part}/rows.csv`), `id,amount,town,y\n${lines.join('\n')}\n`)
  }
})
afterAll(() => rmSync(root, { recursive: true }))

const refit = (...args: string[]): Promise<number> => runCli(['node', 'refit', '-C', root, 'profile', ...args], {})
const saved = (name: string): Profile => parseProfile(readFileSync(join(root, name), 'utf8'))

test('the profiles of partitions are merged to that of all data, within the error that the file states', async () => {
  expect(await refit('-o', 'all.json')).toBe(0)
  expect(await refit('--files', 'data/site=a/*.csv', '-o', 'a.json')).toBe(0)
  expect(await refit('--files', 'data/site=b/*.csv', '-o', 'b.json')).toBe(0)
  expect(await refit('a.json', 'b.json', '-o', 'merged.json')).toBe(0)
  const [all, merged] = [saved('all.json'), saved('merged.json')]
  // Neither the id nor the label is a feature; the partition’s column is.
  expect(all.columns.map(({ name }) => name)).toEqual(['amount', 'town', 'site'])
  expect(all.label?.counts).toEqual([0, ROWS, ROWS, 0])
  expect(merged.rows).toBe(2 * ROWS)
  expect(merged.label).toEqual(all.label)
  expect(merged.columns[2]).toEqual(all.columns[2])
  const text = JSON.parse(readFileSync(join(root, 'merged.json'), 'utf8')) as { error: Record<string, number> }
  expect(text.error['ranks']).toBeLessThan(0.02)
  expect(text.error['distinct']).toBeLessThan(0.04)
  const [town] = [merged.columns[1]!]
  if (town.kind !== 'category') throw new Error('names')
  expect(Math.abs(town.distinct - 300)).toBeLessThan(3 * town.distinctError! * 300)
})

test('what is no profile, and a file that is not there, are said in a sentence', async () => {
  writeFileSync(join(root, 'broken.json'), '{"schemaVersion": 1}')
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    expect(await refit('broken.json')).toBe(1)
    expect(await refit('gone.json')).toBe(1)
    const text = written.mock.calls.map(([part]) => String(part)).join('')
    expect(text).toContain('the profile is not valid')
    expect(text).toContain('gone.json cannot be read')
    expect(text).not.toContain('    at ')
  } finally {
    written.mockRestore()
  }
})
