import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as TfCore from '@tensorflow/tfjs-core'
import type * as TfLayers from '@tensorflow/tfjs-layers'
import { RefitError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import type { EngineName } from './types.ts'

/** A TensorFlow.js that runs. The only module that knows where it comes from is this one; others get it passed in. */
export interface Engine {
  readonly name: EngineName
  readonly version: string
  readonly tf: typeof TfCore
  readonly layers: typeof TfLayers
  /**
   * Makes this engine the one that computes. Copies of TensorFlow.js share one registry per process, so whoever loaded
   * last would otherwise compute for all.
   */
  activate(): void
}

export interface EngineOptions {
  /** auto: tfjs-node where the workspace has it and it loads, otherwise WASM. */
  readonly choice: 'auto' | 'tfjs-node' | 'wasm'
  /** The folder from which `@tensorflow/tfjs-node` is resolved: the user's repository. */
  readonly workspace: string
  readonly log: Log
}

const NATIVE_PACKAGE = '@tensorflow/tfjs-node'
const WASM_FILE = 'tfjs-backend-wasm-simd.wasm'
const loaded = new Map<string, Promise<Engine>>()

/**
 * Loads TensorFlow.js, once per process and engine. Nothing of it is read from disk before.
 * @throws RefitError `training` where the chosen engine is not there.
 */
export async function loadEngine({ choice, workspace, log }: EngineOptions): Promise<Engine> {
  if (choice === 'wasm') return activated(once('wasm', loadWasm))
  try {
    return await activated(once(`tfjs-node ${workspace}`, () => loadNative(workspace)))
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] as string) : String(cause)
    if (choice === 'auto') {
      log.debug(`using TensorFlow.js with WASM: ${NATIVE_PACKAGE} does not load from ${workspace} (${reason})`)
      return activated(once('wasm', loadWasm))
    }
    throw new RefitError(
      'training',
      `the engine tfjs-node was chosen, but ${NATIVE_PACKAGE} does not load: ${reason}`,
      {
        hint: `Run \`npm install ${NATIVE_PACKAGE}\` in the repository before Refit, or set train.engine to auto or wasm.`,
        cause,
      },
    )
  }
}

function once(key: string, load: () => Promise<Engine>): Promise<Engine> {
  const engine = loaded.get(key) ?? load()
  loaded.set(key, engine)
  return engine
}

async function activated(engine: Promise<Engine>): Promise<Engine> {
  const ready = await engine
  ready.activate()
  return ready
}

async function loadWasm(): Promise<Engine> {
  const [tf, layers, wasm] = await Promise.all([
    import('@tensorflow/tfjs-core'),
    import('@tensorflow/tfjs-layers'),
    import('@tensorflow/tfjs-backend-wasm'),
  ])
  tf.enableProdMode()
  wasm.setWasmPaths(wasmFolder())
  await withoutNewListeners(() => tf.setBackend('wasm'))
  return { name: 'wasm', version: tf.version_core, tf, layers, activate: () => activate(tf, 'wasm') }
}

/** The `.wasm` files lie beside the bundle (or above its chunks); in a run from the sources, in their package. */
function wasmFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const folder = [here, dirname(here)].find((candidate) => existsSync(join(candidate, WASM_FILE)))
  if (folder !== undefined) return folder + sep
  try {
    const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')
    return join(dirname(manifest), 'dist') + sep
  } catch (cause) {
    throw new RefitError('training', `${WASM_FILE} is missing beside ${here}`, {
      hint: 'Restore the dist folder of Refit, `.wasm` files included.',
      cause,
    })
  }
}

const EXIT_EVENTS = ['uncaughtException', 'unhandledRejection'] as const

/** The WASM loader hooks itself into the process's error handling, which belongs to the program. */
async function withoutNewListeners<T>(work: () => Promise<T>): Promise<T> {
  const before = EXIT_EVENTS.map((event) => new Set(process.listeners(event as 'uncaughtException')))
  try {
    return await work()
  } finally {
    for (const [index, event] of EXIT_EVENTS.entries()) {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[index]?.has(listener)) process.off(event, listener)
      }
    }
  }
}

async function loadNative(workspace: string): Promise<Engine> {
  const require = createRequire(join(workspace, 'package.json'))
  restoreOldUtil(require('node:util') as Record<string, unknown>)
  // Read when the library loads: no greeting on stderr, and the same arithmetic whatever the CPU offers.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '0'
  const native = require(NATIVE_PACKAGE) as typeof TfCore & typeof TfLayers
  const { version } = require(`${NATIVE_PACKAGE}/package.json`) as { version: string }
  native.enableProdMode()
  await native.setBackend('tensorflow')
  return { name: 'tfjs-node', version, tf: native, layers: native, activate: () => activate(native, 'tensorflow') }
}

/** tfjs-node 4.22 calls two functions that Node 23 removed. */
function restoreOldUtil(util: Record<string, unknown>): void {
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  util['isArray'] ??= Array.isArray
}

/** Synchronous for a backend that has been initialised before, which loading does. */
function activate(tf: typeof TfCore, backend: string): void {
  if (tf.getBackend() !== backend) void tf.setBackend(backend)
}
