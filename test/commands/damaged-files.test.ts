import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { execute } from '../../src/commands/execute.ts'
import type { Project } from '../../src/commands/project.ts'
import type { ModelRun } from '../../src/commands/run.ts'
import { printStatus } from '../../src/commands/status.ts'
import { parseConfig } from '../../src/config/load.ts'
import { silentLog } from '../../src/core/log.ts'
import { artifactDigest, describeFiles } from '../../src/registry/digest.ts'
import { days, TriggerProject } from '../support/trigger-project.ts'

const SETTINGS =
  'train: {model: linear, epochs: 10}\ntriggers: {performance: {estimate: report}, drift: false, volume: {rows: 200}}'
const VERSION = 'models/m/versions/1'
const STATE = 'refit/state/m'

let world: TriggerProject
let trained: TriggerProject
const said: string[] = []
beforeAll(async () => {
  trained = await TriggerProject.create(SETTINGS, 30)
  trained.write('data/january.csv', days({ from: 0, to: 30, seed: 1 }))
  await trained.promote()
})
beforeEach(async () => {
  world = await trained.copy(45)
  world.write('data/february.csv', days({ from: 30, to: 45, seed: 2 }))
  said.length = 0
})
afterEach(() => world.remove())
afterAll(() => trained.remove())

/** The model `m`, whose files are damaged, and `n`, which has nothing to do with it. */
const project = (): Project => {
  const one = world.project()
  const own = one.configText.replace('rollout: {target: none}', 'rollout: {gateway: {url: http://127.0.0.1:9}}')
  const configText = own + own.replace(/^models:\n {2}m:/, '  n:')
  const log = {
    ...silentLog,
    warn: (text: string) => said.push(text),
    error: (text: string) => said.push(text),
  }
  return { ...one, configText, config: parseConfig(configText, one.configPath), log }
}
const commit = async (branch: string, files: Record<string, string | Uint8Array>): Promise<void> => {
  const expected = await world.forge.head(branch)
  await world.forge.commit({ branch, expected, message: 'Damage', files: new Map(Object.entries(files)) })
}
const run = async (kind: 'rollout' | 'check' | 'refresh', model = ''): Promise<readonly ModelRun[]> => {
  const work = kind === 'refresh' ? { kind, model, manual: false, reason: null } : { kind, model }
  return (await execute(project(), { work: [work], comment: undefined })).models
}
/** Kinds of damage that a hand edit, a bad merge and a half-written file bring about. */
const DAMAGE = [
  '',
  '{',
  'null',
  '[]',
  '{"schemaVersion": 9}',
  '<<<<<<< HEAD\n{}\n',
  '\u0000\u0001',
  '{"schemaVersion":1,"entries":7,"trainings":7}',
]

describe('a damaged file is one sentence for one model, and the others go on', () => {
  test.each(DAMAGE.flatMap((text) => [['record.json', text] as const, ['manifest.json', text] as const]))(
    '%s: %j',
    async (file, text) => {
      const path = file === 'manifest.json' ? 'models/m/manifest.json' : `${VERSION}/${file}`
      await commit('main', { [path]: text })
      const [m, n] = await run('check')
      expect(m).toMatchObject({ outcome: 'error', error: { name: 'RefitError', place: { file: path } } })
      expect(m?.error?.code).not.toBe('internal')
      expect(m?.note.split('\n')).toHaveLength(1)
      expect(n?.outcome).toBe('fired')
    },
  )

  test.each(['profile.json', 'model.json', 'weights.bin', 'features.json'])('%s of the artifact', async (file) => {
    await commit('main', { [`${VERSION}/${file}`]: '{' })
    const [m] = await run('check')
    expect(m).toMatchObject({ outcome: 'error', error: { code: 'artifact', place: { file: `${VERSION}/${file}` } } })
  })

  test.each(['profile.json', 'features.json', 'calibration.json'])(
    '%s of an artifact whose digests were made to match',
    async (file) => {
      const manifest = JSON.parse(
        new TextDecoder().decode((await world.forge.readFile('main', 'models/m/manifest.json')) as Uint8Array),
      ) as { artifact: { files: { path: string }[]; digest: string } }
      if (!manifest.artifact.files.some(({ path }) => path === file)) return
      const files = await Promise.all(
        manifest.artifact.files.map(async ({ path }) => ({
          path,
          content:
            path === file
              ? new TextEncoder().encode('{')
              : ((await world.forge.readFile('main', `${VERSION}/${path}`)) as Uint8Array),
        })),
      )
      manifest.artifact.files = [...describeFiles(files)]
      manifest.artifact.digest = artifactDigest(files)
      await commit('main', { [`${VERSION}/${file}`]: '{', 'models/m/manifest.json': JSON.stringify(manifest) })
      const [m, n] = await run('check')
      const told = m?.error ?? m?.triggers.find(({ status }) => status === 'unchecked')
      expect(m?.error?.code).not.toBe('internal')
      expect(told).toBeDefined()
      expect(n?.error).toBeUndefined()
    },
  )

  test.each(DAMAGE)('the schema of the data: %j', async (text) => {
    await commit('main', { 'models/m/schema.json': text })
    const [m, n] = await run('check')
    expect(m).toMatchObject({ outcome: 'error', error: { place: { file: 'models/m/schema.json' } } })
    expect(m?.note).toMatch(/^the schema is not/)
    expect(n?.error).toBeUndefined()
  })

  test.each(DAMAGE)('what the triggers remember: %j', async (text) => {
    await commit(STATE, { 'triggers.json': text })
    const head = await world.forge.head(STATE)
    const [m] = await run('refresh', 'm')
    const [, n] = await run('check')
    expect(m).toMatchObject({ outcome: 'error', note: `triggers.json on ${STATE} is damaged` })
    expect(n?.error).toBeUndefined()
    // Nothing is written over what a person may still want to restore.
    expect(await world.forge.head(STATE)).toBe(head)
  })

  test.each(DAMAGE.slice(0, 3))('the ledger of held-out rows, before anything is trained: %j', async (text) => {
    await commit(STATE, { 'holdout-ledger.json': text })
    const [m, n] = await run('refresh')
    expect(m).toMatchObject({ outcome: 'error', note: 'the ledger of held-out rows is damaged', record: undefined })
    expect(n?.outcome).toBe('proposed')
  })

  test.each(DAMAGE.slice(3, 6))('the last run, which is only a memory, is a warning: %j', async (text) => {
    await commit(STATE, { 'last-run.json': text })
    const [m] = await run('refresh', 'm')
    expect(m?.outcome).toBe('proposed')
    expect(said.join('\n')).toContain(
      `m: last-run.json on ${STATE} is damaged, so what was trained last is trained again`,
    )
    said.length = 0
    expect((await run('refresh', 'm'))[0]?.outcome).toBe('unchanged')
    expect(said).toEqual([])
  })

  test.each(DAMAGE.flatMap((text) => [['state.json', text] as const, ['effective.json', text] as const]))(
    'of a rollout, %s: %j',
    async (file, text) => {
      await run('rollout')
      await commit(STATE, { [file]: text })
      const [m, n] = await run('rollout')
      expect(m).toMatchObject({ outcome: 'error', error: { code: 'rollout', place: { file: `${STATE}:${file}` } } })
      expect(n?.error).toBeUndefined()
    },
  )

  test('refit status shows the others, and fails', async () => {
    await commit('main', { 'models/m/manifest.json': '{' })
    const written: string[] = []
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
    const before = process.exitCode
    try {
      await printStatus(project(), undefined, false)
      expect(process.exitCode).toBe(1)
    } finally {
      process.exitCode = before
      write.mockRestore()
    }
    expect(said).toEqual(['m: models/m/manifest.json is no valid JSON'])
    expect(written.join('')).toMatch(/^n\n/)
  })

  test('a mistake of Refit’s own is its model’s, too', async () => {
    const broken = new Proxy(world.forge, {
      get(target, name) {
        const value = Reflect.get(target, name, target) as unknown
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          if (name === 'readFile' && String(args[1]).startsWith('models/m/')) throw new TypeError('x is not a function')
          return (value as (...all: unknown[]) => unknown).apply(target, args)
        }
      },
    })
    const work = { kind: 'check', model: '' } as const
    const { models } = await execute({ ...project(), forge: broken }, { work: [work], comment: undefined })
    expect(models[0]).toMatchObject({
      outcome: 'error',
      note: 'Refit stopped with an error of its own: x is not a function',
      error: { code: 'internal', stack: expect.stringContaining('damaged-files.test.ts') as string },
    })
    expect(models[1]?.outcome).toBe('fired')
  })
})
