import { distance } from 'fastest-levenshtein'
import { type ColumnKind, findColumn, type Table } from './table.ts'
import type { QualityFinding } from './types.ts'

export interface ChampionInput {
  readonly name: string
  readonly kind: ColumnKind
}

export interface CompareOptions {
  /** `data.ignore`: columns whose disappearance is intended. */
  readonly ignore?: readonly string[] | undefined
  /** Label, time, id, weight, protected columns: never "new". */
  readonly known?: readonly string[] | undefined
}

const NAMES: Readonly<Record<ColumnKind, string>> = { number: 'numbers', category: 'categories', time: 'times' }

/**
 * How the columns of new data differ from the champion's inputs. A vanished or retyped column stops the run: the
 * champion could not be scored fairly, and a rename is easily mended. New columns are only told about.
 */
export function compareColumns(
  table: Table,
  inputs: readonly ChampionInput[],
  options: CompareOptions = {},
): QualityFinding[] {
  const findings: QualityFinding[] = []
  const before = new Set(inputs.map((input) => input.name))
  const added = table.columns.filter(
    (column) => !before.has(column.name) && !(options.known ?? []).includes(column.name),
  )
  const taken = new Set<string>()
  for (const { name, kind } of inputs) {
    const now = findColumn(table, name)
    if (now === undefined) {
      if (options.ignore?.includes(name)) continue
      const renamed = likelyRename(
        name,
        kind,
        added.filter((column) => !taken.has(column.name)),
      )
      if (renamed !== undefined) taken.add(renamed)
      const sentence =
        renamed === undefined
          ? `${name}: the champion’s input is no longer in the data; list it under data.ignore if that is intended`
          : `${name}: the champion’s input is no longer in the data; it may have been renamed to “${renamed}”`
      findings.push({ rule: renamed === undefined ? 'vanished' : 'renamed', column: name, severity: 'stop', sentence })
    } else if (now.kind !== kind) {
      const sentence = `${name}: the champion was trained on ${NAMES[kind]}, the column now holds ${NAMES[now.kind]}`
      // The champion still finds its categories among numbers, by their text.
      const severity = kind === 'category' ? 'warn' : 'stop'
      findings.push({ rule: 'type-changed', column: name, severity, sentence })
    }
  }
  for (const column of added) {
    if (taken.has(column.name) || options.ignore?.includes(column.name)) continue
    const sentence = `${column.name}: a new column (${NAMES[column.kind]}) that the champion does not know`
    findings.push({ rule: 'added', column: column.name, severity: 'warn', sentence })
  }
  return findings
}

/** The added column of the same type whose name is most like the vanished one; undefined where none is like it. */
function likelyRename(
  name: string,
  kind: ColumnKind,
  added: readonly { readonly name: string; readonly kind: ColumnKind }[],
): string | undefined {
  let best: string | undefined
  let bestScore = 0.45
  for (const column of added) {
    if (column.kind !== kind) continue
    const score = likeness(name, column.name)
    if (score > bestScore) {
      best = column.name
      bestScore = score
    }
  }
  return best
}

/** 1 for equal words or letters, 0 for nothing in common: the better of shared words and shared letters. */
function likeness(a: string, b: string): number {
  const words = (text: string): string[] =>
    text
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter(Boolean)
  const [left, right] = [words(a), words(b)]
  const shared = left.filter((word) => right.includes(word)).length
  const [plainA, plainB] = [left.join(''), right.join('')]
  const letters = 1 - distance(plainA, plainB) / Math.max(plainA.length, plainB.length, 1)
  return Math.max(letters, (2 * shared) / Math.max(left.length + right.length, 1))
}
