/**
 * Start-up as whole processes: `--version`, and the Action from its start to its first request to GitHub. Beside them
 * an empty Node process, which is the floor.
 *
 *   npm run build && node_modules/.bin/node bench/start.ts
 */
import { createServer } from 'node:http'
import { mkdtemp, mkdir, writeFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { spawn } from 'node:child_process'
import { compare, measure, print, type Cost } from './whole-process.ts'

const dist = resolve(import.meta.dirname, '../dist')
const workspace = await mkdtemp(join(tmpdir(), 'refit-bench-start-'))
await mkdir(join(workspace, '.github'))
await writeFile(join(workspace, '.github/refit.yml'), 'models:\n  churn:\n    data: data/*.csv\n    label: churned\n')

/** From the start of the process to the arrival of its first request on loopback. */
function firstRequest(): Promise<Cost> {
  return new Promise((done, fail) => {
    const server = createServer((_request, response) => {
      const seconds = (performance.now() - started) / 1000
      response.end()
      child.kill()
      server.close()
      server.closeAllConnections()
      done({ seconds, megabytes: Number.NaN })
    })
    let started = 0
    let child: ReturnType<typeof spawn>
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      started = performance.now()
      child = spawn(process.execPath, [join(dist, 'index.js')], {
        stdio: 'ignore',
        env: {
          PATH: process.env['PATH'],
          GITHUB_WORKSPACE: workspace,
          GITHUB_REPOSITORY: 'acme/models',
          GITHUB_API_URL: `http://127.0.0.1:${port}`,
          GITHUB_EVENT_NAME: 'schedule',
          GITHUB_REF: 'refs/heads/main',
          INPUT_TOKEN: 'x',
          INPUT_COMMAND: 'check',
          INPUT_CONFIG: '.github/refit.yml',
        },
      })
      child.once('error', fail)
    })
  })
}

const costs = await compare(
  {
    'node -e 0': () => measure(process.execPath, ['-e', '0']),
    'refit --version': () => measure(process.execPath, [join(dist, 'cli.js'), '--version']),
    'the Action, until its first request': firstRequest,
  },
  9,
)
print(costs)
console.log(`on Node ${process.version}; goal: both under 0.3 s`)
await rm(workspace, { recursive: true, force: true })
