import {
  closeSync,
  createReadStream,
  fdatasync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { RefitError } from '../core/error.ts'
import { canonicalJson, sha256 } from '../core/json.ts'
import { count } from '../core/text.ts'
import type { Log } from '../core/log.ts'

export interface JournalOptions {
  /** The file; its folder is made where it is missing. */
  readonly path: string
  /** Says whose entries these are. A file with another header is put aside. */
  readonly header: Readonly<Record<string, string | number>>
  /** Called with every entry that is there, oldest first. */
  readonly replay: (entry: unknown) => void
  /** Entries that come to the same as all before: what the file is written anew with. */
  readonly snapshot: () => Iterable<unknown>
  readonly log: Log
  /** It is written anew when so many bytes have been added since. */
  readonly growth?: number | undefined
}

/** What may be added before the file is written anew, bytes. */
const GROWTH = 64 * 1024 * 1024
/** The machine may go down without warning: then at most this much is lost, milliseconds. */
const SYNC_MS = 1000
/** After a failed write, the next attempt to write everything anew. */
const RETRY_MS = 60_000

/**
 * An append-only file of one JSON value a line, behind its checksum. Each entry is handed to the operating system before `append` returns, so
 * that a process that is killed loses none; it is forced to the disk at most a second later, so that a machine that goes
 * down loses at most that. A torn or damaged line is left out. A disk that is full or gone stops no caller: it is said, and
 * everything is written anew as soon as that works. A file that somebody has removed is written anew; one that another
 * process has taken over is that one’s, and this one says that it keeps nothing any more.
 */
export class Journal {
  readonly #options: JournalOptions
  #fd: number | undefined
  #written = 0
  #base = 0
  #sync: NodeJS.Timeout | undefined
  /** When it stopped to work. Infinity: for good. */
  #brokenAt: number | undefined
  /** The file as this process last wrote it anew. */
  #own: bigint | undefined
  /** Lines that could not be read. */
  lost = 0

  private constructor(options: JournalOptions) {
    this.#options = options
  }

  /** RefitError `serving` where the file cannot be read. */
  static async open(options: JournalOptions): Promise<Journal> {
    const journal = new Journal(options)
    try {
      mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 })
      await journal.#read()
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new RefitError('serving', `the evidence cannot be kept in ${options.path}: ${reason}`, { cause })
    }
    try {
      journal.#rewrite()
    } catch (error) {
      journal.#broken(error)
    }
    return journal
  }

  /** Whether what is appended is kept at present. */
  get works(): boolean {
    return this.#fd !== undefined
  }

  append(entry: unknown): void {
    if (this.#fd === undefined) return this.#retry()
    try {
      this.#written += writeLine(this.#fd, encode(entry))
      if (this.#written - this.#base > (this.#options.growth ?? GROWTH)) this.#rewrite()
      else this.#syncSoon()
    } catch (error) {
      this.#broken(error)
    }
  }

  close(): void {
    clearTimeout(this.#sync)
    this.#findFile()
    if (this.#fd === undefined) return
    try {
      fsyncSync(this.#fd)
    } catch (error) {
      return this.#broken(error, Infinity)
    }
    closeSync(this.#fd)
    this.#fd = undefined
    this.#brokenAt = Infinity
  }

  /** Plays back what is there; what is torn or foreign is put away. */
  async #read(): Promise<void> {
    const { path, header, replay, log } = this.#options
    let rest = ''
    let first = true
    try {
      for await (const chunk of createReadStream(path, { encoding: 'utf8' }) as AsyncIterable<string>) {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          const entry = decode(line)
          if (first && canonicalJson(entry) !== canonicalJson(header)) return this.#putAside()
          if (entry === undefined) this.lost++
          else if (!first) replay(entry)
          first = false
        }
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      return
    }
    if (rest !== '') this.lost++ // torn: the last write was cut off
    if (this.lost > 0) log.warn(`${path}: ${count(this.lost, 'line')} left out that could not be read`)
  }

  #putAside(): void {
    const { path, log } = this.#options
    renameSync(path, `${path}.old`)
    log.warn(`${path} is of another repository or version of Refit; it is kept as ${path}.old`)
  }

  /** Everything anew, in a file that takes the old one's place at once. */
  #rewrite(): void {
    const { path, header, snapshot } = this.#options
    if (this.#isTaken()) return this.#giveUp()
    const fd = openSync(`${path}.tmp`, 'w', 0o600)
    let bytes = 0
    try {
      bytes += writeLine(fd, encode(header))
      for (const entry of snapshot()) bytes += writeLine(fd, encode(entry))
      fsyncSync(fd)
      renameSync(`${path}.tmp`, path)
    } catch (error) {
      closeSync(fd)
      rmSync(`${path}.tmp`, { force: true })
      throw error
    }
    syncFolder(dirname(path))
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = fd
    this.#own = fstatSync(fd, { bigint: true }).ino
    this.#base = this.#written = bytes
    this.#brokenAt = undefined
  }

  #syncSoon(): void {
    if (this.#sync !== undefined) return
    this.#sync = setTimeout(() => {
      this.#sync = undefined
      this.#findFile()
      const fd = this.#fd
      if (fd === undefined) return
      fdatasync(fd, (error) => {
        if (error && fd === this.#fd) this.#broken(error)
      })
    }, SYNC_MS)
    this.#sync.unref()
  }

  /** What is written to a file that has no name any more is lost with the process. */
  #findFile(): void {
    if (this.#fd === undefined) return
    if (this.#isTaken()) return this.#giveUp()
    if (inodeOf(this.#options.path) !== undefined) return
    try {
      this.#rewrite()
      this.#options.log.warn(`${this.#options.path} had been removed; it is written anew`)
    } catch (error) {
      this.#broken(error)
    }
  }

  /** Whether somebody else’s file stands where this one was written. */
  #isTaken(): boolean {
    if (this.#own === undefined) return false
    const present = inodeOf(this.#options.path)
    return present !== undefined && present !== this.#own
  }

  #giveUp(): void {
    this.#broken(
      'another process keeps its evidence there now. Give each gateway a folder of its own (--evidence), and restart this one',
      Infinity,
    )
  }

  #broken(error: unknown, at = performance.now()): void {
    const { path, log } = this.#options
    const reason = error instanceof Error ? error.message : String(error)
    log.error(`the evidence is not kept, and would be lost in a restart: ${path}: ${reason}`)
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
    this.#brokenAt = at
  }

  #retry(): void {
    if (this.#brokenAt === undefined || performance.now() - this.#brokenAt < RETRY_MS) return
    try {
      this.#rewrite()
      if (this.works) this.#options.log.info(`${this.#options.path}: the evidence is kept again`)
    } catch {
      this.#brokenAt = performance.now()
    }
  }
}

/** Writes all of a line, and gives its bytes: a full disk may take a part of it only, and say so the next time. */
function writeLine(fd: number, line: string): number {
  const bytes = Buffer.from(`${line}\n`)
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at)
  return bytes.length
}

/** The file of a path, whatever its name was before; undefined where there is none, or it cannot be seen. */
function inodeOf(path: string): bigint | undefined {
  try {
    return statSync(path, { bigint: true }).ino
  } catch {
    return undefined
  }
}

/** So that a renamed file keeps its name when the machine goes down. Not every system can. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, 'r')
    fsyncSync(fd)
    closeSync(fd)
  } catch {}
}

/** JSON in which a Map keeps its entries, behind a checksum: what is read is what was written, or nothing. */
function encode(value: unknown): string {
  const json = JSON.stringify(value, (_key, item: unknown) => (item instanceof Map ? { $map: [...item] } : item))
  return `${checksum(json)} ${json}`
}

const checksum = (text: string): string => sha256(text).slice(0, 8)

function decode(line: string): unknown {
  const json = line.slice(9)
  if (line !== `${checksum(json)} ${json}`) return undefined
  try {
    return JSON.parse(json, (_key, item: unknown) =>
      typeof item === 'object' && item !== null && '$map' in item ? new Map(item.$map as [unknown, unknown][]) : item,
    ) as unknown
  } catch {
    return undefined
  }
}
