import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeTensor, encodeTensor } from '../../src/serving/binary.ts'
import type { Gateway } from '../../src/serving/gateway.ts'
import { serveVersion } from './served.ts'
import { customers, inferBody, trainVersion, type Version } from './versions.ts'

const people = customers(6, 12).map((person, i) => (i === 2 ? { ...person, usage: null } : person))
let version: Version
let gateway: Gateway

beforeAll(async () => {
  version = await trainVersion(1)
  gateway = await serveVersion(version)
})
afterAll(() => gateway.close())

/** A BYTES tensor as numpy-like clients write it. */
const bytesOf = (texts: readonly string[]): Buffer =>
  Buffer.concat(
    texts.flatMap((text) => {
      const length = Buffer.alloc(4)
      length.writeUInt32LE(Buffer.byteLength(text))
      return [length, Buffer.from(text)]
    }),
  )
const fp64 = (values: readonly number[]): Buffer => Buffer.from(Float64Array.from(values).buffer)
const usage = fp64(people.map((person) => person.usage ?? Number.NaN))
const plan = bytesOf(people.map((person) => person.plan))

interface Sent {
  readonly json?: object
  readonly blobs?: readonly Buffer[]
  /** What the header says; default: the truth. */
  readonly header?: string
}

const n = people.length
const head = (more: object = {}): object => ({
  inputs: [
    { name: 'usage', shape: [n], datatype: 'FP64', parameters: { binary_data_size: usage.length } },
    { name: 'plan', shape: [n, 1], datatype: 'BYTES', parameters: { binary_data_size: plan.length } },
  ],
  ...more,
})

async function infer({ json = head(), blobs = [usage, plan], header }: Sent): Promise<Response> {
  const text = Buffer.from(JSON.stringify(json))
  return fetch(`${gateway.url}/v2/models/churn/infer`, {
    method: 'POST',
    headers: { 'inference-header-content-length': header ?? String(text.length) },
    body: Buffer.concat([text, ...blobs]),
  })
}

interface Output {
  readonly name: string
  readonly data?: readonly unknown[]
  readonly parameters?: { readonly binary_data_size: number }
}

async function inJson(): Promise<readonly Output[]> {
  const answer = await fetch(`${gateway.url}/v2/models/churn/infer`, { method: 'POST', body: inferBody(people) })
  return ((await answer.json()) as { outputs: Output[] }).outputs
}

describe('binary tensor data', () => {
  test('of the inputs, missing values as NaN, give the same answer as JSON', async () => {
    const response = await infer({})
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(((await response.json()) as { outputs: Output[] }).outputs).toEqual(await inJson())
  })

  test('come back where all outputs are asked for as such', async () => {
    const response = await infer({ json: head({ id: 'q', parameters: { binary_data_output: true } }) })
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    const body = Buffer.from(await response.arrayBuffer())
    const length = Number(response.headers.get('inference-header-content-length'))
    const { id, outputs } = JSON.parse(body.toString('utf8', 0, length)) as { id: string; outputs: Output[] }
    expect(id).toBe('q')
    const [probability, label] = await inJson()
    const labels = bytesOf(label?.data as string[])
    expect(outputs).toEqual([
      { name: 'probability', datatype: 'FP64', shape: [n], parameters: { binary_data_size: 8 * n } },
      { name: 'label', datatype: 'BYTES', shape: [n], parameters: { binary_data_size: labels.length } },
    ])
    expect(body.subarray(length)).toEqual(Buffer.concat([fp64(probability?.data as number[]), labels]))
  })

  test('and JSON can be mixed, input by input and output by output', async () => {
    const outputs = [{ name: 'probability', parameters: { binary_data: true } }, { name: 'label' }]
    const inputs = [
      { name: 'usage', shape: [n], datatype: 'FP64', parameters: { binary_data_size: usage.length } },
      { name: 'plan', shape: [n], datatype: 'BYTES', data: people.map((person) => person.plan) },
    ]
    const response = await infer({ json: { inputs, outputs }, blobs: [usage] })
    const body = Buffer.from(await response.arrayBuffer())
    const length = Number(response.headers.get('inference-header-content-length'))
    const answer = JSON.parse(body.toString('utf8', 0, length)) as { outputs: Output[] }
    const [probability, label] = await inJson()
    expect(answer.outputs[1]).toEqual(label)
    expect(body.subarray(length)).toEqual(fp64(probability?.data as number[]))
    const none = await infer({
      json: head({
        outputs: [{ name: 'label', parameters: { binary_data: false } }],
        parameters: { binary_data_output: true },
      }),
    })
    expect(none.headers.get('content-type')).toBe('application/json')
  })

  const input = (changes: object): object => ({
    inputs: [
      { name: 'usage', shape: [n], datatype: 'FP64', parameters: { binary_data_size: usage.length }, ...changes },
    ],
  })
  test.each<[string, Sent, string]>([
    ['a length that is no number', { header: 'many' }, 'must be the number of bytes of the JSON'],
    ['a negative length', { header: '-1' }, 'must be the number of bytes of the JSON'],
    ['a length beyond the body', { header: '99999' }, 'at most those of the body'],
    ['a length within the JSON', { header: '10' }, 'the body is not valid JSON'],
    ['bytes that end too early', { blobs: [usage, plan.subarray(1)] }, 'the body ends before its'],
    [
      'bytes that nobody reads',
      { blobs: [usage, plan, plan] },
      `has ${plan.length} bytes of binary data that belong to no input`,
    ],
    [
      'a size that is no number',
      { json: input({ parameters: { binary_data_size: '8' } }) },
      '"binary_data_size" must be a number of bytes',
    ],
    [
      'a size that does not fit the shape',
      { json: input({ shape: [2] }) },
      `${usage.length} bytes of binary data; 2 values of FP64 take 16`,
    ],
    ['a shape that is no column', { json: input({ shape: [2, 3] }) }, 'the shape [n] or [n, 1]'],
    ['a shape that is no count', { json: input({ shape: [-1] }) }, 'the shape [n] or [n, 1]'],
    [
      'texts that end within one',
      {
        json: input({ datatype: 'BYTES', shape: [1], parameters: { binary_data_size: 5 } }),
        blobs: [Buffer.of(5, 0, 0, 0, 97)],
      },
      'the binary data end within the text',
    ],
    [
      'texts that are longer',
      {
        json: input({ datatype: 'BYTES', shape: [1], parameters: { binary_data_size: 6 } }),
        blobs: [Buffer.of(1, 0, 0, 0, 97, 98)],
      },
      'has 1 bytes of binary data more than its 1 texts',
    ],
    [
      'Infinity',
      { json: input({ shape: [1], parameters: { binary_data_size: 8 } }), blobs: [fp64([Infinity])] },
      '"usage", row 0: the number is not finite',
    ],
    [
      'an output that is none',
      { json: head({ outputs: [{ name: 'label', parameters: { binary_data: 1 } }] }) },
      'must be true or false',
    ],
    [
      'a classification',
      { json: head({ outputs: [{ name: 'label', parameters: { classification: 2 } }] }) },
      'classification extension is not supported',
    ],
  ])('with %s are refused with a sentence', async (_, sent, words) => {
    const response = await infer(sent)
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
      400,
      expect.stringContaining(words),
    ])
  })

  test('of more rows than allowed are refused before they are looked at', async () => {
    const bytes = fp64(Array.from({ length: 10_001 }, () => 1))
    const response = await infer({
      json: input({ shape: [10_001], parameters: { binary_data_size: bytes.length } }),
      blobs: [bytes],
    })
    expect(response.status).toBe(413)
  })
})

describe('the elements of a tensor', () => {
  const decoded = (datatype: string, bytes: Uint8Array): readonly unknown[] => {
    const size = Number(/\d+$/.exec(datatype)?.[0] ?? 8) / 8
    return decodeTensor(datatype, bytes, bytes.length / size, 'x')
  }

  test.each([
    ['BOOL', Uint8Array.of(0, 1), [false, true]],
    ['INT8', Int8Array.of(-1, 127), [-1, 127]],
    ['UINT8', Uint8Array.of(0, 255), [0, 255]],
    ['INT16', Int16Array.of(-2, 300), [-2, 300]],
    ['UINT16', Uint16Array.of(65_535), [65_535]],
    ['INT32', Int32Array.of(-(2 ** 31)), [-(2 ** 31)]],
    ['UINT32', Uint32Array.of(2 ** 32 - 1), [2 ** 32 - 1]],
    ['INT64', BigInt64Array.of(-5n, 1_767_225_600_000n), [-5, 1_767_225_600_000]],
    ['UINT64', BigUint64Array.of(2n ** 64n - 1n), ['18446744073709551615']],
    ['FP32', Float32Array.of(0.5, Number.NaN), [0.5, null]],
    ['FP64', Float64Array.of(-0.1, Number.NaN), [-0.1, null]],
    // 1, −2, 65504 (the largest), 2⁻²⁴ (the smallest), NaN: IEEE 754-2008, binary16.
    ['FP16', Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x7e00), [1, -2, 65_504, 2 ** -24, null]],
  ])('%s are little-endian', (datatype, values, expected) => {
    expect(decoded(datatype, new Uint8Array(values.buffer))).toEqual(expected)
  })

  test('are read from any place in a body', () => {
    const shifted = Buffer.concat([Buffer.from('x'), fp64([1.5])]).subarray(1)
    expect(decodeTensor('FP64', shifted, 1, 'x')).toEqual([1.5])
  })

  test('are what was written, for texts and numbers alike', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.double({ noNaN: true })), (texts, numbers) => {
        const name = 'x'
        const text = encodeTensor({ name, datatype: 'BYTES', shape: [texts.length], data: texts })
        expect(decodeTensor('BYTES', text, texts.length, name)).toEqual(texts)
        const number = encodeTensor({ name, datatype: 'FP64', shape: [numbers.length], data: numbers })
        expect(decodeTensor('FP64', number, numbers.length, name)).toEqual(numbers)
      }),
      { seed: 2 },
    )
  })
})
