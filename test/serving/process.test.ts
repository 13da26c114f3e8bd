import { spawn, type ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEvidenceClient } from '../../src/serving/evidence-client.ts'
import { cleanGitEnvironment } from '../support/git.ts'
import { repositoryOf } from './served.ts'
import { customers, inferBody, trainVersion, type Version } from './versions.ts'

/** `refit serve` as a process of its own: what only a process can do is stop, be stopped and be killed. */
const CLI = resolve(import.meta.dirname, '../../src/cli.ts')
const people = customers(40, 3)
/** A process is told something and does it when it can. */
const PATIENT = { timeout: 60_000 }

let first: Version
let folder: string
let child: ChildProcess | undefined
let url = ''
let log = ''

beforeAll(async () => {
  first = await trainVersion(1)
})

beforeEach(async () => {
  folder = await repositoryOf(first)
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
  return windows.reduce((sum, window) => sum + window.requests.stable, 0)
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

describe('SIGTERM', () => {
  test('makes it not ready first, answers who comes and who is there, and ends without a reset', async () => {
    await serve(['--drain', '1h'])
    const { hostname, port } = new URL(url)
    // A connection that was used and is kept, as every HTTP client has some.
    const kept = await keptConnection(hostname, Number(port))
    const running = child as ChildProcess
    running.kill('SIGTERM')
    await expect.poll(async () => (await fetch(`${url}/v2/health/ready`)).status, PATIENT).toBe(503)
    expect((await infer('late', 0)).status).toBe(200)
    expect(await kept.ask()).toMatch(/^HTTP\/1.1 200 OK[^]*connection: close/i)
    expect(await kept.ended).toBe('end')
    // In a hurry, with a request under way.
    const slow = connect(Number(port), hostname)
    let answer = ''
    const ended = new Promise<string>((done) => {
      for (const event of ['end', 'error'] as const) slow.once(event, () => done(event))
    })
    slow.on('data', (chunk: Buffer) => (answer += chunk.toString('utf8')))
    const body = inferBody(people.slice(0, 1), { id: 'slow' })
    slow.write(`POST /v2/models/churn/infer HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`)
    slow.write(body.slice(0, 10))
    await fetch(`${url}/v2/health/live`)
    running.kill('SIGTERM')
    await expect.poll(() => log, PATIENT).toContain('stopping')
    slow.write(body.slice(10))
    expect(await ended).toBe('end')
    expect(answer).toContain('"id":"slow"')
    expect(await exited(running)).toBe(0)
  })
})

/** A connection that has had one answer. */
async function keptConnection(
  host: string,
  port: number,
): Promise<{ ask(): Promise<string>; readonly ended: Promise<string> }> {
  const socket = connect(port, host)
  const ended = new Promise<string>((done) => {
    for (const event of ['end', 'error'] as const) socket.once(event, () => done(event))
  })
  const ask = async (): Promise<string> => {
    const answer = new Promise<string>((done) => socket.once('data', (chunk: Buffer) => done(chunk.toString('utf8'))))
    socket.write('GET /v2/health/live HTTP/1.1\r\nhost: x\r\n\r\n')
    return answer
  }
  await ask()
  return { ask, ended }
}

test('a token that is set and empty is refused before anything is served', async () => {
  expect(await serve([], { REFIT_GATEWAY_TOKEN: '' })).toBeUndefined()
  expect(log).toContain('REFIT_GATEWAY_TOKEN is set and empty')
  expect(child?.exitCode).toBe(1)
})
