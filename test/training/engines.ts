import { silentLog } from '../../src/core/log.ts'
import { type Engine, loadEngine } from '../../src/training/engine.ts'

/** Folder whose node_modules has a built @tensorflow/tfjs-node; `.ci/native-tfjs` makes one. */
export const nativeWorkspace = process.env['REFIT_TFJS_NODE']

/** The engines that this machine can run the training tests on. */
export const engineNames: readonly ('wasm' | 'tfjs-node')[] = nativeWorkspace ? ['wasm', 'tfjs-node'] : ['wasm']

if (!nativeWorkspace)
  console.log('REFIT_TFJS_NODE is not set: the tests of tfjs-node are skipped (see .ci/native-tfjs)')

export function load(choice: 'wasm' | 'tfjs-node'): Promise<Engine> {
  return loadEngine({ choice, workspace: nativeWorkspace ?? process.cwd(), log: silentLog })
}
