import type { FileReader } from './reader.ts'
import type { Sink } from './sink.ts'

/** What Hive calls a missing value. */
const MISSING = '__HIVE_DEFAULT_PARTITION__'

/** `data/dt=2026-01-01/country=AT/a.parquet` → dt and country: columns whose values are in the path, not in the file. */
export function partitionsOf(path: string): ReadonlyMap<string, string | null> {
  const found = new Map<string, string | null>()
  for (const part of path.split('/').slice(0, -1)) {
    const at = part.indexOf('=')
    if (at <= 0) continue
    const value = decode(part.slice(at + 1))
    found.set(decode(part.slice(0, at)).normalize('NFC'), value === MISSING || value === '' ? null : value)
  }
  return found
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A file with the columns of its path beside its own. What the file itself says about a column counts more. */
export function withPartitions(reader: FileReader, path: string): FileReader {
  const partitions = partitionsOf(path)
  if (partitions.size === 0) return reader
  return {
    ...reader,
    async peek() {
      const peek = await reader.peek()
      const added = [...partitions].filter(([name]) => !peek.columns.includes(name))
      const rows = Math.max(1, ...[...peek.sample.values()].map((cells) => cells.length))
      return {
        ...peek,
        columns: [...peek.columns, ...added.map(([name]) => name)],
        sample: new Map([
          ...peek.sample,
          ...added.map(([name, value]) => [name, Array.from({ length: rows }, () => value)] as const),
        ]),
      }
    },
    async *read(sinkOf, cursor) {
      const { columns } = await reader.peek()
      const added = [...partitions].flatMap(([name, value]): [Sink, string | null][] => {
        const sink = columns.includes(name) ? undefined : sinkOf(name)
        return sink === undefined ? [] : [[sink, value]]
      })
      const reading = reader.read(sinkOf, cursor)
      for (;;) {
        const step = await reading.next()
        if (step.done) return step.value
        for (const [sink, value] of added) for (let row = 0; row < step.value; row++) sink.value(value)
        yield step.value
      }
    },
  }
}
