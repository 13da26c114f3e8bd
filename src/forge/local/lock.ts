import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { RefitError } from '../../core/error.ts'

/** The lock is held for one small file write; whoever holds it this long has died on another machine. */
const STALE_MS = 30_000
const PATIENCE_MS = 15_000

/**
 * Runs `body` while no other process holds `path`. The lock file names its owner; a lock whose process is gone is taken
 * over, under a second lock, so that two heirs cannot both win.
 */
export async function withLock<T>(path: string, body: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true })
  const owner = `${process.pid} ${hostname()} ${randomUUID()}\n`
  const patience = Date.now() + PATIENCE_MS
  while (!(await acquire(path, owner))) {
    await takeOver(path)
    if (Date.now() > patience) {
      throw new RefitError('forge', `another process holds ${path}`, {
        hint: 'Wait for it to end; if none is running, delete that file.',
      })
    }
    await new Promise((wake) => setTimeout(wake, 5 + Math.random() * 15))
  }
  try {
    return await body()
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(path: string, owner: string): Promise<boolean> {
  try {
    await writeFile(path, owner, { flag: 'wx' })
    return true
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    throw new RefitError('forge', `cannot write ${path}: ${message}`, { cause: error })
  }
}

async function takeOver(path: string): Promise<void> {
  const seen = await read(path)
  if (seen === undefined || !seen.dead) return
  const heirs = `${path}.heirs`
  if (!(await acquire(heirs, `${process.pid} ${hostname()} heir\n`))) {
    if ((await read(heirs))?.dead) await rm(heirs, { force: true })
    return
  }
  try {
    if ((await read(path))?.owner === seen.owner) await rm(path, { force: true })
  } finally {
    await rm(heirs, { force: true })
  }
}

async function read(path: string): Promise<{ readonly owner: string; readonly dead: boolean } | undefined> {
  try {
    const [owner, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    const [pid, host] = owner.split(' ')
    // Caught between being created and being written, it names nobody: then its age decides, as for another machine.
    const here = owner.endsWith('\n') && host === hostname()
    return { owner, dead: here ? !isAlive(Number(pid)) : Date.now() - mtimeMs > STALE_MS }
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
