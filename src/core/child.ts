import { spawn } from 'node:child_process'
import { PassThrough, type Readable } from 'node:stream'
import { hideEnvironment, isTrusted } from './environment.ts'
import { RefitError } from './error.ts'
import { hideValues } from './secrets.ts'

export interface ChildOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Milliseconds. */
  readonly timeout: number
  readonly args?: readonly string[]
  readonly shell?: boolean
  /** Written to its standard input; without it there is none. */
  readonly input?: string | undefined
}

export interface Child {
  /** Ends when the program has ended, and whatever it left in the pipe has been read. */
  readonly stdout: Readable
  readonly ended: Promise<ChildEnd>
  /** Kills it and all that it started, as far as that has stayed in its process group. */
  kill(): void
}

export interface ChildEnd {
  /** null where it was killed or could not be started. */
  readonly code: number | null
  /** The end of what it said on standard error, without the secrets of its environment. */
  readonly stderr: string
  readonly timedOut: boolean
  /** Set where it could not be started: `ENOENT`, … */
  readonly problem?: string | undefined
}

/** Of either output of a program so much is kept as text, the end of it. */
const MOST_TEXT = 256 * 1024
/** After a program has ended, its pipes are read until nothing has come for so long: what it left behind may hold them open. */
const DRAIN_MS = 500

/**
 * Starts a program of the user's. It gets the environment that it is given and cannot read ours; it is stopped when its
 * time is over, with all that it started; a process that it leaves behind keeps nobody waiting. Throws RefitError
 * `usage` where tokens are about that could not be hidden from it.
 */
export function startChild(program: string, options: ChildOptions): Child {
  if (!hideEnvironment() && Object.keys(process.env).some(isTrusted)) {
    throw new RefitError(
      'usage',
      'no program of yours is run here: the tokens of this process cannot be hidden from it',
      {
        hint: 'Refit needs to write to /proc/self/mem for that, which this container does not allow.',
      },
    )
  }
  const { cwd, env, timeout, args = [], shell = false, input } = options
  const stdio = [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] as const
  // A group of its own, so that what a shell started can be stopped with it.
  const detached = process.platform !== 'win32'
  const child = spawn(program, args, { cwd, env, shell, detached, windowsHide: true, stdio: [...stdio] })
  const stdout = new PassThrough()
  let stderr = ''
  let timedOut = false
  let problem: string | undefined
  const kill = (): void => {
    try {
      if (child.pid !== undefined && detached) process.kill(-child.pid, 'SIGKILL')
      else child.kill('SIGKILL')
    } catch {
      // It ended by itself meanwhile.
    }
  }
  const timer = setTimeout(() => {
    timedOut = true
    kill()
  }, timeout)
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-MOST_TEXT)))
  child.stdout?.pipe(stdout)
  // A program that reads nothing closes the pipe early.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  const ended = new Promise<ChildEnd>((settle) => {
    const finish = (code: number | null): void => {
      clearTimeout(timer)
      child.stdout?.unpipe(stdout)
      stdout.end()
      child.stdout?.destroy()
      child.stderr?.destroy()
      settle({ code, stderr: hideValues(stderr, env), timedOut, problem })
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      problem = error.code ?? error.message
      stderr += `\n${error.message}`
      finish(null)
    })
    child.on('close', (code) => finish(code))
    child.on('exit', (code) => {
      let quiet = setTimeout(check, DRAIN_MS)
      // What it left behind may go on talking: its time is over with the program's.
      const heard = (): void => void (timedOut || quiet.refresh())
      child.stdout?.on('data', heard)
      child.stderr?.on('data', heard)
      child.on('close', () => clearTimeout(quiet))
      function check(): void {
        // Whoever reads may be slower than the program was: what is in the pipe is waited for, and only that.
        const behind =
          !timedOut && !stdout.destroyed && (stdout.writableNeedDrain || (child.stdout?.readableLength ?? 0) > 0)
        if (behind) quiet = setTimeout(check, DRAIN_MS)
        else finish(code)
      }
    })
  })
  return { stdout, ended, kill }
}

export interface ChildResult extends ChildEnd {
  readonly stdout: string
}

/** Runs a program to its end, or until its time is over. Throws only where none may be run. */
export async function runChild(program: string, options: ChildOptions): Promise<ChildResult> {
  const child = startChild(program, options)
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = (stdout + text).slice(-MOST_TEXT)))
  const drained = new Promise<void>((done) => child.stdout.on('end', done))
  const end = await child.ended
  await drained
  return { ...end, stdout }
}
