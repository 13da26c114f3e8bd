import { memberOf, prettyJson } from '../../core/json.ts'
import type { DataSchema } from './types.ts'

/** How a schema changes, column by column; '' where it does not. */
export function diffSchemas(before: DataSchema, after: DataSchema): string {
  const part = (name: string, value: unknown): string => (value === undefined ? '' : prettyJson({ [name]: value }))
  const names = new Set([...Object.keys(before.columns), ...Object.keys(after.columns)])
  return [
    diffLines(part('duplicates', before.duplicates), part('duplicates', after.duplicates)),
    ...[...names].map((name) =>
      diffLines(part(name, memberOf(before.columns, name)), part(name, memberOf(after.columns, name))),
    ),
  ]
    .filter((diff) => diff !== '')
    .join('\n…\n')
}

/** Lines around a change that are shown. */
const CONTEXT = 3

/** A unified diff of two texts, without file names; '' where they are equal. Longest common subsequence of lines. */
export function diffLines(before: string, after: string): string {
  const [a, b] = [before.split('\n'), after.split('\n')]
  const width = b.length + 1
  const common = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] =
        a[i] === b[j]
          ? (common[(i + 1) * width + j + 1] as number) + 1
          : Math.max(common[(i + 1) * width + j] as number, common[i * width + j + 1] as number)
    }
  }
  const lines: { readonly mark: ' ' | '-' | '+'; readonly text: string }[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ mark: ' ', text: a[i++] as string })
      j++
    } else if (
      j >= b.length ||
      (i < a.length && (common[(i + 1) * width + j] as number) >= (common[i * width + j + 1] as number))
    )
      lines.push({ mark: '-', text: a[i++] as string })
    else lines.push({ mark: '+', text: b[j++] as string })
  }
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ mark }) => mark !== ' '),
  )
  const shown: string[] = []
  for (const [at, { mark, text }] of lines.entries()) {
    if (!near[at]) continue
    if (at > 0 && !near[at - 1] && shown.length > 0) shown.push('…')
    shown.push(`${mark} ${text}`)
  }
  return shown.join('\n')
}
