import { spawn, type ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openLocalForge } from '../../src/forge/local/local-forge.ts'
import { stateBranch } from '../../src/registry/manifest.ts'
import { EFFECTIVE_PATH } from '../../src/rollout/state-store.ts'
import { createEvidenceClient } from '../../src/serving/evidence-client.ts'
import { cleanGitEnvironment, makeRepository } from '../support/git.ts'
import { customers, inferBody, mergeVersion, trainVersion, type Version } from './versions.ts'

/** `refit serve` as a process of its own: what only a process can do is stop, be stopped and be killed. */
const CLI = resolve(import.meta.dirname, '../../src/cli.ts')
const people = customers(40, 3)

let first: Version
let folder: string
let child: ChildProcess | undefined
let url = ''
let log = ''

beforeAll(async () => {
  first = await trainVersion(1)
})

beforeEach(async () => {
  folder = makeRepository({ 'README.md': 'x\n' })
  const forge = await openLocalForge(folder, { clock: Date.now })
  const commit = await mergeVersion(forge, first)
  const effective = {
    schemaVersion: 1,
    model: 'churn',
    environment: 'production',
    generation: 1,
    stable: { version: 1, digest: first.manifest.artifact.digest, commit },
    candidate: null,
    rolloutId: null,
    mode: 'stable',
    percent: 0,
    expiresAt: null,
  }
  const files = new Map([[EFFECTIVE_PATH, JSON.stringify(effective)]])
  await forge.commit({ branch: stateBranch('churn'), expected: undefined, base: null, message: 'tick', files })
  forge.close()
})

afterEach(() => {
  child?.kill('SIGKILL')
})

const exited = (of: ChildProcess): Promise<number | null> =>
  new Promise((done) => (of.exitCode === null && of.signalCode === null ? of.once('exit', done) : done(of.exitCode)))

/** Starts the gateway and waits until it says where it listens. `undefined`: it ended instead. */
async function serve(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<string | undefined> {
  log = ''
  const options = ['serve', '--port', '0', '--poll', '1h', '--evidence', '.refit/gateway', ...args]
  child = spawn(process.execPath, [CLI, ...options], { cwd: folder, env: { ...cleanGitEnvironment(), ...env } })
  const running = child
  return new Promise((done) => {
    running.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString('utf8')
      url = /serving .* on (http:\S+) /.exec(log)?.[1] ?? url
      if (/serving .* on (http:\S+) /.test(log)) done(url)
    })
    running.once('exit', () => done(undefined))
  })
}

const infer = (id: string, i: number): Promise<Response> =>
  fetch(`${url}/v2/models/churn/infer`, { method: 'POST', body: inferBody(people.slice(i, i + 1), { id }) })

const requests = async (): Promise<number> => {
  const query = { model: 'churn', rolloutId: '', from: 0, to: Date.now(), step: 250, objective: 250 }
  const { windows } = await createEvidenceClient({ url }).read(query)
  return windows.reduce((sum, window) => sum + window.arms.stable.requests, 0)
}

describe('a process that is killed', () => {
  test('has kept the evidence and the predictions of every answer that it gave', async () => {
    await serve()
    for (let i = 0; i < 20; i++) expect((await infer(`p${i}`, i)).status).toBe(200)
    const killed = child as ChildProcess
    killed.kill('SIGKILL')
    await exited(killed)
    await serve()
    const outcomes = people.slice(0, 20).map(({ churned }, i) => ({ id: `p${i}`, label: churned }))
    const answer = await fetch(`${url}/outcomes`, {
      method: 'POST',
      body: JSON.stringify({ model: 'churn', outcomes }),
    })
    expect(await answer.json()).toEqual({ matched: 20, unknown: 0, rejected: [] })
    expect(await requests()).toBe(20)
  })
})
