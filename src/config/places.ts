import { type Document, isMap, isSeq, LineCounter, parseDocument, type YAMLError } from 'yaml'
import type { Place } from '../core/error.ts'

export type Path = readonly (string | number)[]

/** A YAML text with the places of everything in it. */
export interface SourceText {
  /** The plain value; undefined where the text is no YAML. */
  readonly value: unknown
  readonly problems: readonly { readonly sentence: string; readonly place: Place }[]
  /** Place of the value at a path; of the nearest thing around it where the path leads nowhere. */
  valueAt(path: Path): Place
  /** Place of the last key of a path; of its value in a list. */
  keyAt(path: Path): Place
}

/** Reads YAML 1.2 with anchors and merge keys (`<<`). Never throws: what is wrong is in `problems`. */
export function readYaml(text: string, file: string): SourceText {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  const problems = document.errors.map((error) => ({ sentence: yamlSentence(error, text), place: place(error.pos[0]) }))
  let value: unknown
  if (problems.length === 0) {
    try {
      value = composed(document.toJS({ maxAliasCount: 100 }), '')
    } catch {
      problems.push({ sentence: 'more aliases than a configuration needs', place: place(0) })
    }
  }
  const at = (path: Path, key: boolean): Place => place(offsetOf(document, path, key))
  return { value, problems, valueAt: (path) => at(path, false), keyAt: (path) => at(path, true) }
}

/** Paths, commands and cells: compared byte by byte with what is there, or by those who read cells. */
const AS_WRITTEN: ReadonlySet<string> = new Set([
  'data',
  'source',
  'files',
  'command',
  'predict',
  'module',
  'query',
  'table',
  'in',
  'positive',
  'classes',
])

/**
 * Names in Unicode's composed form (NFC), keys as well: a column that looks like the one in the data is that column,
 * whichever editor or system wrote either.
 */
function composed(value: unknown, key: string): unknown {
  if (typeof value === 'string') return AS_WRITTEN.has(key) ? value : value.normalize('NFC')
  if (Array.isArray(value)) return value.map((item: unknown) => composed(item, key))
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name.normalize('NFC'), composed(item, name)]))
}

const sameName = (one: string, other: string): boolean => one.normalize('NFC') === other.normalize('NFC')

function offsetOf(document: Document, path: Path, wantKey: boolean): number {
  let node: unknown = document.contents
  let offset = rangeStart(node) ?? 0
  let ownKey = offset
  for (const [depth, part] of path.entries()) {
    const last = depth === path.length - 1
    if (isMap(node)) {
      const pair = node.items.find((item) => sameName(String(scalarValue(item.key)), String(part)))
      // Something that should be here is missing: the key it should be under is the place.
      if (pair === undefined) return wantKey ? ownKey : offset
      const keyOffset = rangeStart(pair.key) ?? offset
      ownKey = keyOffset
      offset = last && wantKey ? keyOffset : (rangeStart(pair.value) ?? keyOffset)
      node = pair.value
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part]
      offset = rangeStart(node) ?? offset
      ownKey = offset
    } else return offset
  }
  return offset
}

function scalarValue(node: unknown): unknown {
  return typeof node === 'object' && node !== null && 'value' in node ? node.value : node
}

function rangeStart(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined
  const range = node.range as readonly number[] | null | undefined
  // An empty value has an empty range somewhere behind its key; the key is the better place.
  return range && range[0] !== range[1] ? range[0] : undefined
}

function yamlSentence(error: YAMLError, text: string): string {
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^\s*["']?([^\s"':]+)/.exec(text.slice(error.pos[0], error.pos[0] + 200))?.[1] ?? ''
    return `key "${key}" is given twice`
  }
  if (error.code === 'TAB_AS_INDENT') return 'a tab indents this line; YAML wants spaces'
  const first = error.message.split('\n')[0] ?? 'unreadable'
  return `this is no YAML: ${first.charAt(0).toLowerCase()}${first.slice(1)}`
}
