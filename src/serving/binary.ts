import { badRequest } from './http-error.ts'
import type { OutputTensor } from './response.ts'

/**
 * The binary tensor data extension of the Open Inference Protocol: the JSON of a request or answer is followed by the
 * values of its tensors, little-endian and in order. BYTES elements are preceded by their length in four bytes.
 */
export const JSON_LENGTH_HEADER = 'inference-header-content-length'

type Read = (view: DataView, at: number) => number | bigint | boolean

/** Bytes of an element, and how one is read. */
const FORMS: Readonly<Record<string, readonly [size: number, read: Read]>> = {
  BOOL: [1, (view, at) => view.getUint8(at) !== 0],
  INT8: [1, (view, at) => view.getInt8(at)],
  UINT8: [1, (view, at) => view.getUint8(at)],
  INT16: [2, (view, at) => view.getInt16(at, true)],
  UINT16: [2, (view, at) => view.getUint16(at, true)],
  INT32: [4, (view, at) => view.getInt32(at, true)],
  UINT32: [4, (view, at) => view.getUint32(at, true)],
  INT64: [8, (view, at) => view.getBigInt64(at, true)],
  UINT64: [8, (view, at) => view.getBigUint64(at, true)],
  FP16: [2, (view, at) => half(view.getUint16(at, true))],
  FP32: [4, (view, at) => view.getFloat32(at, true)],
  FP64: [8, (view, at) => view.getFloat64(at, true)],
}

/**
 * The values of a tensor as JSON would have them: NaN, which JSON lacks, is a missing value, and a whole number beyond
 * 2^53 keeps its digits as a text.
 * @param at names the input in a message
 * @throws HttpError 400
 */
export function decodeTensor(datatype: string, bytes: Uint8Array, count: number, at: string): readonly unknown[] {
  if (datatype === 'BYTES') return decodeTexts(bytes, count, at)
  const [size, read] = FORMS[datatype] ?? []
  if (size === undefined || read === undefined) throw badRequest(`${at}: ${datatype} cannot be sent as binary data`)
  if (bytes.length !== size * count) {
    throw badRequest(
      `${at} has ${bytes.length} bytes of binary data; ${count} values of ${datatype} take ${size * count}`,
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: count }, (_, i) => plain(read(view, i * size)))
}

function plain(value: number | bigint | boolean): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return Number.isNaN(value) ? null : value
}

function decodeTexts(bytes: Uint8Array, count: number, at: string): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const texts: string[] = []
  let offset = 0
  for (let row = 0; row < count; row++) {
    const end = offset + 4 <= bytes.length ? offset + 4 + view.getUint32(offset, true) : Infinity
    if (end > bytes.length) throw badRequest(`${at}, row ${row}: the binary data end within the text`)
    try {
      texts.push(decoder.decode(bytes.subarray(offset + 4, end)))
    } catch {
      throw badRequest(`${at}, row ${row}: the text is not valid UTF-8`)
    }
    offset = end
  }
  if (offset !== bytes.length) {
    throw badRequest(`${at} has ${bytes.length - offset} bytes of binary data more than its ${count} texts`)
  }
  return texts
}

/** IEEE 754 half precision. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

/** The values of an output, as they follow the JSON of an answer. */
export function encodeTensor({ datatype, data }: OutputTensor): Buffer {
  if (datatype === 'FP64') {
    const bytes = Buffer.alloc(8 * data.length)
    for (const [i, value] of data.entries()) bytes.writeDoubleLE(value as number, 8 * i)
    return bytes
  }
  return Buffer.concat(
    data.flatMap((value) => {
      const text = Buffer.from(String(value))
      const length = Buffer.alloc(4)
      length.writeUInt32LE(text.length)
      return [length, text]
    }),
  )
}
