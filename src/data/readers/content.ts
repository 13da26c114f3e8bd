import type { FileHandle } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { RefitError } from '../../core/error.ts'
import { CHECKOUT, refusePointer } from '../../core/lfs.ts'
import { firstBytes, openFile, type ReaderOptions } from './reader.ts'

/** The bytes of a text file from its beginning to its end, unpacked where they were packed. */
export interface Content {
  /** Puts the next bytes into the buffer from `at` on, as many as are at hand; 0 where the content ends. */
  read(buffer: Buffer, at: number): Promise<number>
  close(): Promise<void>
}

export const GZIP = [0x1f, 0x8b]

const UTF_16 = 'Convert it: iconv -f utf-16 -t utf-8 old.csv > new.csv'

/** What a text file is taken for by mistake, by its first bytes; the text of a hint. */
const FOREIGN: readonly { readonly bytes: readonly number[]; readonly is: string; readonly hint: string }[] = [
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    is: 'a zip archive or a spreadsheet (.xlsx)',
    hint: 'Unpack it, or save it as CSV in UTF-8; packed files are read as .csv.gz.',
  },
  {
    bytes: [0xd0, 0xcf, 0x11, 0xe0],
    is: 'a spreadsheet (.xls)',
    hint: 'Save it as CSV in UTF-8.',
  },
  { bytes: [0x50, 0x41, 0x52, 0x31], is: 'a Parquet file', hint: 'Name it .parquet, or set data.format: parquet.' },
  { bytes: [0xff, 0xfe], is: 'written in UTF-16', hint: UTF_16 },
  { bytes: [0xfe, 0xff], is: 'written in UTF-16', hint: UTF_16 },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], is: 'packed by Zstandard', hint: 'Unpack it, or pack it by gzip.' },
  { bytes: [0x42, 0x5a, 0x68], is: 'packed by bzip2', hint: 'Unpack it, or pack it by gzip.' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], is: 'packed by xz', hint: 'Unpack it, or pack it by gzip.' },
  {
    bytes: [...Buffer.from('SQLite format 3\0')],
    is: 'an SQLite database',
    hint: 'Export the table, for example by data.command: sqlite3 -csv -header file.db "SELECT * FROM table".',
  },
]

const HTML = /^\s*<(?:!doctype html|html)[\s>]/i

/** Opens a text file, packed by gzip or not, whatever its name says. What is no text file at all is named as what it is. */
export async function openContent(options: ReaderOptions): Promise<Content> {
  const handle = await openFile(options)
  try {
    const start = await firstBytes(handle)
    refuseForeign(start, options.path)
    return startsWith(start, GZIP) ? unpacked(handle, options.path) : plain(handle)
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Whether these are the first bytes. */
export const startsWith = (bytes: Buffer, start: readonly number[]): boolean =>
  bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte)

function refuseForeign(start: Buffer, path: string): void {
  const found = FOREIGN.find(({ bytes }) => startsWith(start, bytes))
  const place = { file: path }
  if (found) throw new RefitError('data', `${path} is ${found.is}`, { place, hint: found.hint })
  if (HTML.test(start.toString('latin1')))
    throw new RefitError('data', `${path} is a web page, no data`, {
      place,
      hint: 'A page to log in, perhaps: look at the file, and at where it comes from.',
    })
}

function plain(handle: FileHandle): Content {
  let position = 0
  return {
    async read(buffer, at) {
      const { bytesRead } = await handle.read(buffer, at, buffer.length - at, position)
      position += bytesRead
      return bytesRead
    },
    close: () => handle.close(),
  }
}

function unpacked(handle: FileHandle, path: string): Content {
  const packed = handle.createReadStream({ start: 0, autoClose: false })
  const gunzip = createGunzip()
  packed.once('error', (error) => gunzip.destroy(error))
  const parts = packed.pipe(gunzip)[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>
  let rest: Buffer = Buffer.alloc(0)
  let fresh = true
  const next = async (): Promise<Buffer | undefined> => {
    try {
      const { value } = await parts.next()
      return value
    } catch (cause) {
      throw damaged(path, cause)
    }
  }
  return {
    async read(buffer, at) {
      while (rest.length === 0) {
        const part = await next()
        if (part === undefined) return 0
        if (fresh) refuseWithin(part, path)
        fresh = false
        rest = part
      }
      const taken = rest.copy(buffer, at)
      rest = rest.subarray(taken)
      return taken
    },
    async close() {
      gunzip.destroy()
      packed.destroy()
      await handle.close()
    },
  }
}

function refuseWithin(start: Buffer, path: string): void {
  const place = { file: path }
  refusePointer('data', start, place, CHECKOUT)
  if (startsWith(start, GZIP))
    throw new RefitError('data', `${path} is packed by gzip twice`, { place, hint: 'Unpack it once.' })
  refuseForeign(start, path)
}

function damaged(path: string, cause: unknown): RefitError {
  const cut = (cause as { code?: string }).code === 'Z_BUF_ERROR'
  return new RefitError('data', `${path} ${cut ? 'ends too early' : 'is damaged'}: it cannot be unpacked by gzip`, {
    place: { file: path },
    hint: 'Check that it was written and copied completely: gzip -t says more.',
    cause,
  })
}
