/**
 * Latency and throughput of the gateway on loopback: single rows of a small model, through HTTP, JSON, features and
 * TensorFlow.js. Run it with: node_modules/.bin/node bench/gateway.ts
 */
import { Agent, request } from 'node:http'
import { silentLog } from '../src/core/log.ts'
import { openLocalForge } from '../src/forge/local/local-forge.ts'
import { stateBranch } from '../src/registry/manifest.ts'
import { startGateway } from '../src/serving/gateway.ts'
import { customers, inferBody, mergeVersion, trainVersion } from '../test/serving/versions.ts'
import { makeRepository } from '../test/support/git.ts'

const WARM_UP = 300
const SEQUENTIAL = 2000
const CONCURRENT = 4000
const CONNECTIONS = 16

const folder = makeRepository({ 'README.md': 'bench\n' })
const forge = await openLocalForge(folder, { clock: () => Date.now() })
const version = await trainVersion(1)
const commit = await mergeVersion(forge, version)
const stable = { version: 1, digest: version.manifest.artifact.digest, commit }
const effective = {
  schemaVersion: 1,
  model: 'churn',
  environment: 'bench',
  generation: 1,
  stable,
  candidate: null,
  rolloutId: null,
  mode: 'stable',
  percent: 0,
  expiresAt: null,
}
await forge.commit({
  branch: stateBranch('churn'),
  expected: undefined,
  base: null,
  message: 'bench',
  files: new Map([['effective.json', JSON.stringify(effective)]]),
})
const gateway = await startGateway({
  repository: folder,
  host: '127.0.0.1',
  port: 0,
  pollMs: 0,
  clock: () => Date.now(),
  log: silentLog,
  workspace: process.cwd(),
})

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
const bodies = customers(500, 1).map((person) => inferBody([person]))

function infer(i: number): Promise<number> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const call = request(`${gateway.url}/v2/models/churn/infer`, { method: 'POST', agent }, (response) => {
      response.resume()
      response.on('end', () => resolve(performance.now() - started))
    })
    call.on('error', reject)
    call.end(bodies[i % bodies.length])
  })
}

for (let i = 0; i < WARM_UP; i++) await infer(i)
const times: number[] = []
for (let i = 0; i < SEQUENTIAL; i++) times.push(await infer(i))
times.sort((a, b) => a - b)
const at = (share: number): string => `${(times[Math.floor(share * times.length)] ?? 0).toFixed(2)} ms`

const started = performance.now()
let next = 0
await Promise.all(
  Array.from({ length: CONNECTIONS }, async () => {
    while (next < CONCURRENT) await infer(next++)
  }),
)
const perSecond = CONCURRENT / ((performance.now() - started) / 1000)

console.log(`single row, one after the other (${SEQUENTIAL}): p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}`)
console.log(
  `single rows over ${CONNECTIONS} connections (${CONCURRENT}): ${Math.round(perSecond).toLocaleString('en-US')} requests/s, client included`,
)
agent.destroy()
await gateway.close()
forge.close()
