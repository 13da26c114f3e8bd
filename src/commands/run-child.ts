import { spawn } from 'node:child_process'

export interface ChildOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Milliseconds. */
  readonly timeout: number
  readonly args?: readonly string[]
  readonly shell?: boolean
  /** Written to its standard input. */
  readonly input: string
}

export interface ChildResult {
  /** null where it was killed or could not be started. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
}

/** Of either output so much is kept, the end of it. */
const MOST_OUTPUT = 256 * 1024

/** Runs a program to its end, or until its time is over; then it and all that it started are killed. Never throws. */
export function runChild(program: string, options: ChildOptions): Promise<ChildResult> {
  const { cwd, env, timeout, args = [], shell = false, input } = options
  return new Promise((settle) => {
    // A group of its own, so that what a shell started can be stopped with it.
    const child = spawn(program, args, { cwd, env, shell, detached: process.platform !== 'win32', windowsHide: true })
    let [stdout, stderr] = ['', '']
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      kill()
    }, timeout)
    const kill = (): void => {
      try {
        if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL')
        else child.kill('SIGKILL')
      } catch {
        // It ended by itself meanwhile.
      }
    }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = (stdout + text).slice(-MOST_OUTPUT)))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-MOST_OUTPUT)))
    // A program that reads nothing closes the pipe early.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.on('error', (error) => (stderr += `\n${error.message}`))
    child.on('close', (code) => {
      clearTimeout(timer)
      settle({ code, stdout, stderr, timedOut })
    })
  })
}

/** What programs need to run at all. Tokens are not in it, nor anything that could hold one. */
const HARMLESS = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SHELL',
  'SystemRoot',
]

/** The environment of a user's program: the harmless variables, and those that the configuration names. */
export function quietEnvironment(names: readonly string[], env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = [...HARMLESS, ...names].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))
  return Object.fromEntries(kept) as NodeJS.ProcessEnv
}
