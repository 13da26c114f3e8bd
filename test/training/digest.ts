import { sha256 } from '../../src/core/json.ts'
import { load } from './engines.ts'
import { prepare, simulate, trainOn } from './simulated.ts'

// Run as a process of its own: prints the digests of what a training writes.
const files = await trainOn(await load(process.argv[2] as 'wasm'), prepare(simulate(1500, 'multiclass'), 'multiclass'))
process.stdout.write(`digests ${JSON.stringify([...files].map(([path, content]) => [path, sha256(content)]))}\n`)
