import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { rolldown } from 'rolldown'
import { beforeAll, describe, expect, test } from 'vitest'
import { runChild, startChild } from '../../src/core/child.ts'
import { quietEnvironment, withoutTokens } from '../../src/core/environment.ts'
import { temporaryFolder, writeFiles } from '../support/git.ts'

const cwd = temporaryFolder('refit-child')
const run = (command: string, timeout = 20_000) =>
  runChild(command, { cwd, env: quietEnvironment([]), timeout, shell: true, input: '' })

describe('a program of the user’s', () => {
  test('is run to its end, with its input and both outputs', async () => {
    const options = { cwd, env: quietEnvironment([]), timeout: 20_000, shell: true, input: 'six' }
    const done = await runChild('cat; echo words >&2; exit 7', options)
    expect(done).toEqual({ code: 7, stdout: 'six', stderr: 'words\n', timedOut: false, problem: undefined })
  })

  test('may repeat what it was trusted with: nobody is shown it', async () => {
    const env = {
      ...quietEnvironment([]),
      DB_PASSWORD: 'hunter2-hunter2',
      API_KEY: 'hunter2',
      PWD: cwd,
      MONKEY: 'banana',
      KEY: 'abc',
    }
    const command = 'echo "$DB_PASSWORD $API_KEY $MONKEY $KEY" >&2; echo "$API_KEY"; exit 1'
    const done = await runChild(command, { cwd, env, timeout: 20_000, shell: true })
    expect(done.stderr).toBe('*** *** banana abc\n')
    // What it prints as its result is data.
    expect(done.stdout).toBe('hunter2\n')
  })

  test('that is not there is told, and one that reads nothing is no problem', async () => {
    const missing = await runChild('no-such-program', { cwd, env: {}, timeout: 20_000 })
    expect(missing).toMatchObject({ code: null, problem: 'ENOENT' })
    const options = { cwd, env: quietEnvironment([]), timeout: 20_000, shell: true, input: 'x'.repeat(1_000_000) }
    expect(await runChild('exec <&-; true', options)).toMatchObject({ code: 0 })
  })

  test('that leaves a daemon behind, which holds its pipes, keeps nobody waiting', async () => {
    const done = await run('setsid sleep 300 & echo $!')
    expect(done).toMatchObject({ code: 0, timedOut: false })
    // It is there, and was not waited for.
    process.kill(Number(done.stdout), 'SIGKILL')
  })

  test('that is stopped is stopped although its daemon holds the pipes', async () => {
    const done = await run('setsid sleep 300 & echo $!; sleep 300', 200)
    expect(done).toMatchObject({ code: null, timedOut: true })
    process.kill(Number(done.stdout), 'SIGKILL')
  })

  test('that leaves something behind which never falls silent is stopped when its time is over', async () => {
    const done = await run("setsid sh -c 'echo $$ > talker; exec yes' & while ! [ -s talker ]; do :; done", 700)
    expect(done.timedOut).toBe(true)
    process.kill(Number(readFileSync(join(cwd, 'talker'), 'utf8')), 'SIGKILL')
  })

  test('may be faster than whoever reads: what it said last is not lost', async () => {
    const child = startChild('head -c 3000000 /dev/zero', {
      cwd,
      env: quietEnvironment([]),
      timeout: 20_000,
      shell: true,
    })
    let bytes = 0
    for await (const chunk of child.stdout) bytes += (chunk as Buffer).length
    expect([bytes, (await child.ended).code]).toEqual([3_000_000, 0])
  })
})

describe('the environment of a program', () => {
  test('has no token, neither under its own name nor under another', () => {
    const env = {
      PATH: '/bin',
      INPUT_TOKEN: 'abc',
      INPUT_REASON: 'yes',
      MINE: 'abc',
      OTHER: 'yes',
      ACTIONS_RUNTIME_TOKEN: 'x',
    }
    expect(withoutTokens(env)).toEqual({ PATH: '/bin', OTHER: 'yes' })
    expect(quietEnvironment(['MINE', 'OTHER', 'INPUT_TOKEN'], env)).toEqual({ PATH: '/bin', OTHER: 'yes' })
  })
})

/** Prints the environment of a program and of everything that has started it, up to the test. */
const SPY = `pid=$$
while [ "$pid" -gt 1 ] && [ "$pid" != ${process.pid} ]; do
  echo "pid=$pid"
  tr '\\0' '\\n' < /proc/$pid/environ
  pid=$(sed -n 's/^PPid:[^0-9]*//p' /proc/$pid/status)
done
[ "$pid" = ${process.pid} ] && echo complete`

describe.runIf(process.platform === 'linux')('a program that looks at the environment of who started it', () => {
  let program: string
  beforeAll(async () => {
    const folder = temporaryFolder('refit-parent')
    const core = resolve(import.meta.dirname, '../../src/core')
    writeFiles(folder, {
      'parent.ts': `
import { execFileSync } from 'node:child_process'
import { runChild } from '${core}/child.ts'
import { quietEnvironment } from '${core}/environment.ts'
const [how, spy] = process.argv.slice(2)
const before = { ...process.env }
const seen = how === 'plainly'
  ? execFileSync('sh', ['-c', spy], { env: quietEnvironment([]), encoding: 'utf8' })
  : (await runChild(spy, { cwd: '/', env: quietEnvironment([]), timeout: 20000, shell: true, input: '' })).stdout
const same = JSON.stringify(before) === JSON.stringify({ ...process.env })
const inherited = execFileSync('sh', ['-c', 'echo $DATABASE_URL'], { encoding: 'utf8' }).trim()
process.stdout.write(JSON.stringify({ seen, same, inherited }))
`,
    })
    const bundle = await rolldown({ input: join(folder, 'parent.ts'), platform: 'node', logLevel: 'silent' })
    program = join(folder, 'parent.mjs')
    await bundle.write({ file: program, format: 'esm' })
    await bundle.close()
  })
  const parent = async (how: string) => {
    const env = {
      ...process.env,
      INPUT_TOKEN: 'ghs_input',
      GITHUB_TOKEN: 'ghs_github',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'ghs_id',
      'INPUT_GATEWAY-TOKEN': 'ghs_gateway',
      DATABASE_URL: 'postgres://ghs_database',
      UNICODE: 'grün 漢字',
      EMPTY: '',
    }
    const { stdout } = await promisify(execFile)(process.execPath, [program, how, SPY], { env })
    return JSON.parse(stdout) as { seen: string; same: boolean; inherited: string }
  }

  test('sees what there is where nothing is done against it', async () => {
    const { seen } = await parent('plainly')
    expect(seen).toContain('complete')
    expect(seen.match(/ghs_\w+/g)?.toSorted()).toEqual([
      'ghs_database',
      'ghs_gateway',
      'ghs_github',
      'ghs_id',
      'ghs_input',
    ])
  })

  test('sees nothing of Refit’s, all the way up; Refit itself has it still', async () => {
    const { seen, same, inherited } = await parent('by us')
    expect(seen.match(/^pid=/gm)?.length).toBeGreaterThanOrEqual(2)
    expect(seen).toContain('complete')
    expect(seen).not.toContain('ghs_')
    expect({ same, inherited }).toEqual({ same: true, inherited: 'postgres://ghs_database' })
  })
})
