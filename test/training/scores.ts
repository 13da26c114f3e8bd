import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Task } from '../../src/core/task.ts'
import { loadModel } from '../../src/training/model.ts'
import { load } from './engines.ts'
import { simulate } from './simulated.ts'

// Run as a process of its own, since two copies of TensorFlow.js in one would share their registries:
// node scores.ts <engine> <artifact folder> <task>
const [engine, folder, task] = process.argv.slice(2) as ['wasm' | 'tfjs-node', string, Task]
const files = new Map(readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]))
const model = await loadModel(await load(engine), files)
process.stdout.write(`scores ${JSON.stringify([...model.predict(simulate(800, task)).scores])}\n`)
