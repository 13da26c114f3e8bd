import { RefitError } from '../../core/error.ts'
import type { CsvDialect } from './csv-scanner.ts'

const CANDIDATES = [',', ';', '\t', '|'] as const
const PROBED_RECORDS = 20

export interface CsvHead {
  readonly dialect: CsvDialect
  /** A name for every column. */
  readonly header: readonly string[]
  /** The header as it stands. */
  readonly fields: readonly string[]
  /** Offset of the first data record, behind byte order mark and header. */
  readonly dataFrom: number
  /** Line of the first data record. */
  readonly line: number
}

/**
 * Finds out how a CSV file is written from its first bytes: UTF-8 with or without byte order mark, the line break, the
 * delimiter (also from a first line `sep=;`, which Excel understands), the header. Throws where the bytes are no UTF-8 text, where nothing is there, or where a header is missing.
 */
export function readHead(bytes: Buffer, whole: boolean, file: string, delimiter: string | undefined): CsvHead {
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const decoded = decode(bytes.subarray(bom), whole, file)
  const newline = decoded.includes('\n') || !decoded.includes('\r') ? '\n' : '\r'
  const [told = '', separator] = /^"?sep=(.)"?(?:\r?\n|\r)/i.exec(decoded) ?? []
  const text = decoded.slice(told.length)
  const chosen = delimiter ?? separator ?? detectDelimiter(text, newline)
  const first = records(text, chosen, newline, 1)[0]
  if (first === undefined) throw new RefitError('data', `${file} is empty`, { place: { file } })
  if (first.openQuote) throw unclosedQuote(file, first.line)
  const names = first.fields.map((field) => field.trim().normalize('NFC'))
  const header = names.map((name, i) => (name === '' ? `column_${i + 1}` : name))
  const before = told === '' ? 0 : 1
  if (header.length > 1 && header.every((name) => /^[+-]?\d+(\.\d+)?$/.test(name))) {
    throw new RefitError('data', `${file} has no header: its first line holds only numbers`, {
      place: { file, line: first.line + before },
      hint: 'Write the names of the columns into the first line.',
    })
  }
  const dataFrom = bom + Buffer.byteLength(told + text.slice(0, first.end))
  const dialect: CsvDialect = { delimiter: chosen, newline }
  return { dialect, header, fields: first.fields, dataFrom, line: first.nextLine + before }
}

export function unclosedQuote(file: string, line: number): RefitError {
  return new RefitError('data', `the quote that opens on line ${line} is never closed`, {
    place: { file, line },
    hint: 'Close it, or double every quote within the field.',
  })
}

export function notUtf8(file: string, line: number | undefined, cause?: unknown): RefitError {
  return new RefitError('data', `${file} is not written in UTF-8`, {
    place: { file, line },
    hint: 'Convert it, for example: iconv -f latin1 -t utf-8 old.csv > new.csv',
    cause,
  })
}

function decode(bytes: Buffer, whole: boolean, file: string): string {
  if (bytes.subarray(0, 8192).includes(0)) {
    throw new RefitError('data', `${file} is no text file (it holds zero bytes)`, {
      place: { file },
      hint: 'Refit reads CSV and JSON Lines in UTF-8, and Parquet; set data.format where the name does not say which.',
    })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !whole })
  } catch (cause) {
    throw notUtf8(file, undefined, cause)
  }
}

/** The candidate that cuts the first records into the same number of fields, and into the most of them. */
function detectDelimiter(text: string, newline: string): string {
  let best = ','
  let bestScore = 0
  for (const candidate of CANDIDATES) {
    const widths = records(text, candidate, newline, PROBED_RECORDS).map((record) => record.fields.length)
    const width = widths[0] ?? 1
    if (width < 2) continue
    const agreeing = widths.filter((other) => other === width).length / widths.length
    const score = agreeing * 1000 + Math.min(width, 999)
    if (score > bestScore) {
      best = candidate
      bestScore = score
    }
  }
  return best
}

interface TextRecord {
  readonly fields: readonly string[]
  readonly line: number
  readonly nextLine: number
  /** Offset behind the record's line break. */
  readonly end: number
  readonly openQuote: boolean
}

/** The first records of a text: a plain reading of the grammar for a handful of lines; `CsvScanner` does the rest. */
function records(text: string, delimiter: string, newline: string, limit: number): TextRecord[] {
  const found: TextRecord[] = []
  let at = 0
  let line = 1
  while (at < text.length && found.length < limit) {
    const fields: string[] = []
    const startLine = line
    let field = ''
    let quoted = false
    let fresh = true
    for (; at < text.length; at++) {
      const char = text[at] as string
      if (quoted && char === '"' && text[at + 1] === '"') {
        field += '"'
        at++
      } else if (quoted && char === '"') quoted = false
      else if (quoted) field += char
      else if (char === '"' && fresh) quoted = true
      else if (char === delimiter) {
        fields.push(field)
        field = ''
      } else if (char === newline) break
      else if (char !== '\r' || newline === '\r') field += char
      fresh = char === delimiter && !quoted
      if (char === newline) line++
    }
    at++
    line++
    const blank = fields.length === 0 && field === ''
    fields.push(field)
    if (!blank)
      found.push({ fields, line: startLine, nextLine: line, end: Math.min(at, text.length), openQuote: quoted })
  }
  return found
}
