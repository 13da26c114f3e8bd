import { RefitError } from '../core/error.ts'
import { withoutPersonal } from '../core/personal.ts'
import type { Task } from '../core/task.ts'
import { canonicalText } from './readers/dictionary.ts'
import type { Column } from './table.ts'

export interface InferredTask {
  readonly task: Task
  /** Class names in the order of their codes (binary: negative, positive); empty for regression. */
  readonly classes: readonly string[]
  /** How the task was inferred and how to change it, as a sentence; undefined where it is configured. */
  readonly basis: string | undefined
}

/** A numeric label with more different values than this, or with fractions, is a quantity and not a class. */
const MAX_NUMERIC_CLASSES = 20
/** More classes than this is an id or a text that was taken for the label. */
const MAX_CLASSES = 1000
/** Texts that mean the positive class, in lower case. */
const POSITIVE = new Set(['true', '1', 'yes', 'y', 't'])

/**
 * Task and classes of a label column. A category label is binary with two classes and multiclass with more; a numeric
 * one is classification with at most 20 different values, all integers, and regression otherwise; `configured` decides
 * where it is given. Classes are sorted (numbers by value); in a binary task the positive one comes last: `positive`
 * where it is configured, else true, 1 or yes, else the rarer one.
 *
 * Throws a RefitError('data') for a label with one class, with a class count that the configured task cannot have, for
 * a text label with `task: regression`, and for a `positive` that is no class.
 */
export function inferTask(label: Column, configured: Task | undefined, positive?: string): InferredTask {
  if (label.kind === 'time') throw new RefitError('data', `the label "${label.name}" holds times`)
  if (configured === 'regression') {
    if (label.kind === 'number') return { task: 'regression', classes: [], basis: undefined }
    throw new RefitError(
      'data',
      `task is regression, but the label "${label.name}" holds texts such as “${withoutPersonal((label.dictionary[0] ?? '').slice(0, 80))}”`,
      {
        hint: 'Set task to binary or multiclass, or leave it out.',
      },
    )
  }
  if (configured === undefined && label.kind === 'number' && !isClassLike(label.values)) {
    return { task: 'regression', classes: [], basis: regressionBasis(label.name, label.values) }
  }
  const rows = rowsByClass(label)
  const classes = [...rows.keys()].sort(inOrder)
  if (classes.length < 2) {
    throw new RefitError(
      'data',
      `the label "${label.name}" has ${classes.length === 0 ? 'no value' : `one class, “${classes[0]}”`}`,
      {
        hint: 'A model needs examples of both outcomes; check data.label, the globs and data.missing.',
      },
    )
  }
  if (classes.length > MAX_CLASSES) {
    throw new RefitError('data', `the label "${label.name}" has ${classes.length.toLocaleString('en-US')} classes`, {
      hint: 'Set task: regression if it is a quantity; otherwise data.label names an id or a text.',
    })
  }
  const task = configured ?? (classes.length === 2 ? 'binary' : 'multiclass')
  if (task === 'multiclass')
    return { task, classes, basis: configured === undefined ? classBasis(label, classes) : undefined }
  if (classes.length > 2) {
    throw new RefitError(
      'data',
      `task is binary, but the label "${label.name}" has ${classes.length} classes: ${classes.slice(0, 5).join(', ')}`,
      {
        hint: 'Set task to multiclass, or leave it out.',
      },
    )
  }
  const last = positiveClass(label.name, classes, rows, positive)
  const both = classes.join(' and ')
  const basis =
    configured === undefined
      ? `the task is binary, for the label ${label.name} has two classes, ${both}, of which ${last} is positive (task and data.positive overrule)`
      : undefined
  return { task, classes: [...classes.filter((name) => name !== last), last], basis }
}

function regressionBasis(name: string, values: Float64Array): string {
  const present = values.filter((value) => value === value)
  if (!present.every((value) => Number.isInteger(value)))
    return `the task is regression, for the label ${name} holds numbers with fractions (task overrules)`
  const distinct = new Set(present).size.toLocaleString('en-US')
  return `the task is regression, for the label ${name} holds ${distinct} different whole numbers, more than ${MAX_NUMERIC_CLASSES}; if they are classes, set task: multiclass`
}

function classBasis({ kind, name }: Column, classes: readonly string[]): string {
  const holds = `the task is multiclass, for the label ${name} holds ${classes.length} different`
  if (kind !== 'number') return `${holds} texts (task overrules)`
  return `${holds} whole numbers, at most ${MAX_NUMERIC_CLASSES}; if they are a quantity, set task: regression`
}

/**
 * The label as numbers: class codes for classification, the values for regression; NaN where it is missing or no known
 * class.
 */
export function labelValues(label: Column, classes: readonly string[]): Float64Array {
  if (classes.length === 0) {
    if (label.kind === 'category') throw new RefitError('data', `the label "${label.name}" holds no numbers`)
    return label.values
  }
  const code = new Map(classes.map((name, i) => [name, i]))
  const codeOf = (text: string): number => code.get(text) ?? Number.NaN
  if (label.kind === 'category') {
    const codes = label.dictionary.map(codeOf)
    return Float64Array.from(label.codes, (entry) => (entry < 0 ? Number.NaN : (codes[entry] as number)))
  }
  return label.values.map((value) => (value === value ? codeOf(String(value)) : Number.NaN))
}

/** How many rows each class of a label has; a number's class is its shortest spelling. */
export function rowsByClass(label: Column): Map<string, number> {
  const rows = new Map<string, number>()
  const count = (name: string, n = 1): Map<string, number> => rows.set(name, (rows.get(name) ?? 0) + n)
  if (label.kind === 'category') {
    const byCode = new Uint32Array(label.dictionary.length)
    for (const code of label.codes) if (code >= 0) byCode[code] = (byCode[code] as number) + 1
    label.dictionary.forEach((name, code) => (byCode[code] as number) > 0 && count(name, byCode[code]))
  } else {
    const byValue = new Map<number, number>()
    for (const value of label.values) if (value === value) byValue.set(value, (byValue.get(value) ?? 0) + 1)
    for (const [value, n] of byValue) count(String(value), n)
  }
  return rows
}

/** Whether the values of a numeric label may be classes: few, and whole. */
export function isClassLike(values: Float64Array): boolean {
  const seen = new Set<number>()
  for (const value of values) {
    if (value !== value || seen.has(value)) continue
    if (!Number.isInteger(value) || seen.size === MAX_NUMERIC_CLASSES) return false
    seen.add(value)
  }
  return true
}

function positiveClass(
  column: string,
  classes: readonly string[],
  rows: ReadonlyMap<string, number>,
  configured: string | undefined,
): string {
  if (configured !== undefined) {
    const found = classes.find((name) => name === canonicalText(configured))
    if (found !== undefined) return found
    throw new RefitError(
      'data',
      `data.positive is "${configured}", but the classes of "${column}" are ${classes.join(' and ')}`,
    )
  }
  const [first, second] = classes as [string, string]
  const telling = classes.filter((name) => POSITIVE.has(name.toLowerCase()))
  if (telling.length === 1) return telling[0] as string
  return (rows.get(first) ?? 0) < (rows.get(second) ?? 0) ? first : second
}

function inOrder(a: string, b: string): number {
  const difference = Number(a) - Number(b)
  return Number.isNaN(difference) || difference === 0 ? (a < b ? -1 : a > b ? 1 : 0) : difference
}
