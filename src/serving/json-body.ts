import { parseJson } from '../core/json.ts'
import { badRequest } from './http-error.ts'

/** Deeper than anything the protocols of the gateway say. */
const MAX_DEPTH = 64
const MAX_WORD = 20

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])

/** The JSON value in some bytes. HttpError 400 that says what is wrong with them. */
export function parseBody(bytes: Uint8Array): unknown {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0 // a byte order mark
  const content = bytes.subarray(start)
  if (content.length === 0) throw badRequest('the body is empty; JSON is expected')
  refuseDepth(content)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    throw badRequest('the body is not valid UTF-8')
  }
  try {
    return parseJson(text)
  } catch {
    throw badRequest(whatIsWrong(text))
  }
}

/** Before anything recursive sees it. Brackets within texts do not count. */
function refuseDepth(bytes: Uint8Array): void {
  let depth = 0
  let within = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (within) {
      if (byte === BACKSLASH) i++
      else if (byte === QUOTE) within = false
    } else if (byte === QUOTE) within = true
    else if (OPENING.has(byte)) {
      if (++depth > MAX_DEPTH) throw badRequest(`the body is nested deeper than ${MAX_DEPTH} levels`)
    } else if (CLOSING.has(byte)) depth--
  }
}

/** Texts, numbers, and what stands outside of them as a word. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.]*(?:[eE][-+]?\d+)?|-?[A-Za-z_]\w*/g
const WORDS = new Set(['true', 'false', 'null'])

/** Most clients that send no JSON write the values of their language: NaN, Infinity, None, True, undefined. */
function whatIsWrong(text: string): string {
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (!/^-?[A-Za-z_]/.test(token) || WORDS.has(token)) continue
    const advice = /^-?(nan|inf|infinity|none|undefined)$/i.test(token) ? '; send null for a missing value' : ''
    return `the body is not valid JSON: it has a bare ${token.slice(0, MAX_WORD)} at character ${index + 1}${advice}`
  }
  return 'the body is not valid JSON'
}
