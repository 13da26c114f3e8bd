import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { loadEngine } from '../../src/training/engine.ts'
import { nativeWorkspace } from './engines.ts'

const empty = mkdtempSync(join(tmpdir(), 'refit-engine-'))
afterAll(() => rmSync(empty, { recursive: true }))

describe('choosing an engine', () => {
  test('auto takes WASM where the workspace has no tfjs-node, and says so when debugging', async () => {
    const lines: string[] = []
    const log = { ...silentLog, debug: (line: string) => lines.push(line) }
    const engine = await loadEngine({ choice: 'auto', workspace: empty, log })
    expect(engine.name).toBe('wasm')
    expect(engine.tf.getBackend()).toBe('wasm')
    expect(lines.join()).toContain('@tensorflow/tfjs-node does not load')
  })

  test('a chosen engine that is not there is an error with the way out', async () => {
    await expect(loadEngine({ choice: 'tfjs-node', workspace: empty, log: silentLog })).rejects.toMatchObject({
      code: 'training',
      message: expect.stringContaining('the engine tfjs-node was chosen'),
      hint: expect.stringContaining('npm install @tensorflow/tfjs-node'),
    })
  })

  test('leaves the process its own handling of errors', async () => {
    const count = (): number => process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection')
    const before = count()
    await loadEngine({ choice: 'wasm', workspace: empty, log: silentLog })
    expect(count()).toBe(before)
  })

  test.skipIf(!nativeWorkspace)('auto takes tfjs-node where the workspace has it', async () => {
    const engine = await loadEngine({ choice: 'auto', workspace: nativeWorkspace!, log: silentLog })
    expect(engine.name).toBe('tfjs-node')
    expect(engine.version).toMatch(/^4\./)
    expect(engine.tf.getBackend()).toBe('tensorflow')
  })
})
