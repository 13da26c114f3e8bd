import { createSink } from '../data/readers/create-sink.ts'
import type { Column, Table } from '../data/table.ts'
import { type InputReading, readingsOf } from '../features/reading.ts'
import type { FeatureSpec } from '../features/types.ts'
import type { Manifest } from '../registry/manifest.ts'
import { decodeTensor, JSON_LENGTH_HEADER } from './binary.ts'
import { badRequest, HttpError } from './http-error.ts'

/** Rows of one request. */
export const MAX_ROWS = 10_000
const MAX_INPUTS = 10_000
const MAX_ID = 256

/** A request of the Open Inference Protocol, columns by name, not yet held against any version. */
export interface InferenceRequest {
  readonly id: string | undefined
  /** What the sticky split goes by. */
  readonly key: string | undefined
  readonly rows: number
  readonly inputs: ReadonlyMap<string, InputTensor>
  /** The outputs that were asked for; undefined: all. */
  readonly outputs: readonly AskedOutput[] | undefined
  /** Whether outputs that do not say so themselves come as binary data. */
  readonly binaryOutputs: boolean
}

export interface AskedOutput {
  readonly name: string
  readonly binary: boolean | undefined
}

export interface InputTensor {
  readonly datatype: string
  readonly data: readonly unknown[]
}

const NUMERIC = /^(FP16|FP32|FP64|INT(8|16|32|64)|UINT(8|16|32|64))$/

/**
 * Reads an infer call: its JSON, and the binary data that follow it where there are any. HttpError 400 or 413 with what
 * is wrong where.
 */
export function parseRequest(body: unknown, binary?: Uint8Array): InferenceRequest {
  if (!isObject(body)) throw badRequest('the body must be a JSON object with "inputs"')
  const inputs = body['inputs']
  if (!Array.isArray(inputs) || inputs.length === 0)
    throw badRequest('"inputs" must be a list with one tensor per column')
  if (inputs.length > MAX_INPUTS) throw new HttpError(413, `more than ${MAX_INPUTS} inputs`)
  const blobs = new Blobs(binary)
  const byName = new Map<string, InputTensor>()
  let rows: number | undefined
  for (const [i, input] of inputs.entries()) {
    const tensor = parseInput(input, i, blobs)
    if (byName.has(tensor.name)) throw badRequest(`the input ${quote(tensor.name)} is there twice`)
    if (rows !== undefined && rows !== tensor.data.length) {
      throw badRequest(`the input ${quote(tensor.name)} has ${tensor.data.length} rows, the ones before have ${rows}`)
    }
    rows = tensor.data.length
    byName.set(tensor.name, tensor)
  }
  if (!rows) throw badRequest('there are no rows in the inputs')
  blobs.end()
  const parameters = isObject(body['parameters']) ? body['parameters'] : {}
  return {
    id: optionalText(body['id'], '"id"'),
    key: optionalText(parameters['key'], '"parameters.key"'),
    rows,
    inputs: byName,
    outputs: parseOutputs(body['outputs']),
    binaryOutputs: flag(parameters['binary_data_output'], '"parameters.binary_data_output"') ?? false,
  }
}

/** The binary data of a request, taken input by input. */
class Blobs {
  readonly #bytes: Uint8Array | undefined
  #at = 0

  constructor(bytes: Uint8Array | undefined) {
    this.#bytes = bytes
  }

  take(size: unknown, at: string): Uint8Array {
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0) {
      throw badRequest(`${at}: "binary_data_size" must be a number of bytes`)
    }
    if (!this.#bytes)
      throw badRequest(`${at} is said to follow as binary data, but there is no ${JSON_LENGTH_HEADER} header`)
    const bytes = this.#bytes.subarray(this.#at, this.#at + size)
    if (bytes.length < size) throw badRequest(`${at}: the body ends before its ${size} bytes of binary data`)
    this.#at += size
    return bytes
  }

  end(): void {
    const left = (this.#bytes?.length ?? 0) - this.#at
    if (left > 0) throw badRequest(`the body has ${left} bytes of binary data that belong to no input`)
  }
}

function parseInput(input: unknown, i: number, blobs: Blobs): { readonly name: string } & InputTensor {
  if (!isObject(input)) throw badRequest(`inputs[${i}] must be an object`)
  const { name, datatype, shape, data } = input
  if (typeof name !== 'string' || name === '') throw badRequest(`inputs[${i}] has no "name"`)
  const at = `the input ${quote(name)}`
  if (typeof datatype !== 'string' || !(NUMERIC.test(datatype) || datatype === 'BOOL' || datatype === 'BYTES')) {
    throw badRequest(`${at} must have a "datatype" of the Open Inference Protocol, such as FP64, INT64, BOOL or BYTES`)
  }
  const parameters = isObject(input['parameters']) ? input['parameters'] : {}
  if ('shared_memory_region' in parameters) throw badRequest(`${at}: shared memory is not supported; send the values`)
  const binary = 'binary_data_size' in parameters
  if (binary && data !== undefined) throw badRequest(`${at} has both "data" and "binary_data_size"`)
  if (!binary && !Array.isArray(data)) throw badRequest(`${at} has no "data" list`)
  const n: unknown = Array.isArray(shape) ? shape[0] : undefined
  const rows = Array.isArray(data) ? data.length : n
  if (typeof rows === 'number' && rows > MAX_ROWS) {
    throw new HttpError(413, `${at} has ${rows} rows; at most ${MAX_ROWS} a request`)
  }
  const column = Array.isArray(shape) && (shape.length === 1 || (shape.length === 2 && shape[1] === 1))
  if (!column || typeof n !== 'number' || !Number.isInteger(n) || n < 0) {
    throw badRequest(`${at} must have the shape [n] or [n, 1]`)
  }
  if (n !== rows) throw badRequest(`${at} has the shape [${n}] and ${rows} values`)
  const values = binary
    ? decodeTensor(datatype, blobs.take(parameters['binary_data_size'], at), n, at)
    : // [[1], [2]] is the nested spelling of [n, 1].
      (data as readonly unknown[]).map((value: unknown) =>
        Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value,
      )
  for (const [row, value] of values.entries()) check(datatype, value, binary, `${at}, row ${row}`)
  // As the columns of the data are named.
  return { name: name.normalize('NFC'), datatype, data: values }
}

function check(datatype: string, value: unknown, binary: boolean, at: string): void {
  if (value === null) return
  const type = typeof value
  // JSON spells a number that no double can hold; a binary tensor holds Infinity itself.
  if (type === 'number' && !Number.isFinite(value)) throw badRequest(`${at}: the number is not finite`)
  if (binary) return
  if (
    datatype === 'BYTES'
      ? type === 'string'
      : datatype === 'BOOL'
        ? type === 'boolean' || value === 0 || value === 1
        : type === 'number' || isLargeWhole(value)
  )
    return
  throw badRequest(`${at}: ${quote(value)} is not of datatype ${datatype} (missing values are null)`)
}

/** Digits that `parseJson` has kept as text because a double would lose some. */
const isLargeWhole = (value: unknown): boolean => typeof value === 'string' && /^-?\d{16,}$/.test(value)

/**
 * The table a version scores: every value is read as its training has read a cell of a file. Null is missing.
 * @throws HttpError 400 naming the columns this version needs and the request lacks, or the value that cannot be read.
 */
export function toTable(
  request: InferenceRequest,
  manifest: Pick<Manifest, 'model' | 'version'>,
  spec: FeatureSpec,
): Table {
  const readings = readingsOf(spec)
  const missing = [...readings.keys()].filter((name) => !request.inputs.has(name.normalize('NFC')))
  if (missing.length > 0) {
    const names = missing.slice(0, 20).map(quote)
    const more = missing.length > 20 ? ` and ${missing.length - 20} more` : ''
    throw badRequest(
      `v${manifest.version} of ${manifest.model} needs the inputs ${names.join(', ')}${more}, which are missing`,
    )
  }
  const columns = [...readings].map(([name, reading]) =>
    toColumn(name, reading, request.inputs.get(name.normalize('NFC')) as InputTensor),
  )
  return { rows: request.rows, columns }
}

/** What is wrong with a value, by the column's kind. */
const UNREADABLE = {
  number: 'is no number as the training data write it',
  category: 'is no plain value',
  time: 'is no time: send epoch milliseconds as a number, or text such as 2026-05-01T10:30:00Z',
} as const

function toColumn(name: string, reading: InputReading, { datatype, data }: InputTensor): Column {
  const { kind, missing, style } = reading
  const cursor = { file: '', line: 0 }
  const sink = createSink(name, kind, { cursor, missing, style, rows: data.length })
  for (const [row, value] of data.entries()) {
    cursor.line = row
    sink.value(cellOf(value, datatype, kind))
  }
  const { first } = sink.strays
  if (first === undefined) return sink.take()
  const row = first.place.line as number
  const value = data[row]
  const shown = typeof value === 'number' ? String(value) : quote(value)
  throw badRequest(`the input ${quote(name)}, row ${row}: ${shown} ${UNREADABLE[kind]}`)
}

/** A value as JSON Lines and Parquet would hold it: BOOL may be sent as 0 and 1, and times are epoch milliseconds. */
function cellOf(value: unknown, datatype: string, kind: InputReading['kind']): unknown {
  if (datatype === 'BOOL' && typeof value === 'number') return value === 1
  if (kind !== 'time' || (typeof value !== 'number' && typeof value !== 'bigint')) return value
  const time = new Date(Number(value))
  return Number.isNaN(time.getTime()) ? String(value) : time
}

function parseOutputs(outputs: unknown): readonly AskedOutput[] | undefined {
  if (outputs === undefined || outputs === null) return undefined
  if (!Array.isArray(outputs)) throw badRequest('"outputs" must be a list')
  const asked = outputs.map((output: unknown): AskedOutput => {
    const name = isObject(output) ? output['name'] : undefined
    if (typeof name !== 'string') throw badRequest('every one of "outputs" must have a "name"')
    const given = (output as Readonly<Record<string, unknown>>)['parameters']
    const parameters = isObject(given) ? given : {}
    const at = `the output ${quote(name)}`
    if ('shared_memory_region' in parameters) throw badRequest(`${at}: shared memory is not supported`)
    if ('classification' in parameters) throw badRequest(`${at}: the classification extension is not supported`)
    return { name, binary: flag(parameters['binary_data'], `"binary_data" of ${at}`) }
  })
  return asked.length > 0 ? asked : undefined
}

function flag(value: unknown, at: string): boolean | undefined {
  if (value === undefined || value === null || typeof value === 'boolean') return value ?? undefined
  throw badRequest(`${at} must be true or false`)
}

function optionalText(value: unknown, at: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || value.length > MAX_ID)
    throw badRequest(`${at} must be a text of at most ${MAX_ID} characters`)
  return value === '' ? undefined : value
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A foreign value in an error: quoted, and short. */
function quote(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (isObject(value)) return 'an object'
  const short = typeof value === 'string' && value.length > 60 ? `${value.slice(0, 60)}…` : value
  return JSON.stringify(short) ?? 'undefined'
}
