import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export type Row = readonly (string | number)[]

export const row = (cells: Row): string => `| ${cells.join(' | ')} |`
export const table = (head: readonly string[], rows: readonly Row[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')

const mark = (name: string): string => `<!-- ${name} -->`

/** Puts a section into the page, in place of what it said before; the others stay. */
export function writeSection(page: string, title: string, order: readonly string[], name: string, text: string): void {
  const before = existsSync(page) ? readFileSync(page, 'utf8') : ''
  const sections = order.flatMap((one) => {
    if (one === name) return [`${mark(one)}\n\n${text.trim()}`]
    const [, rest] = before.split(`${mark(one)}\n`)
    if (rest === undefined) return []
    return [`${mark(one)}\n\n${(rest.split('\n<!-- ')[0] as string).trim()}`]
  })
  mkdirSync(dirname(page), { recursive: true })
  writeFileSync(`${page}.tmp`, `${[title.trim(), ...sections].join('\n\n')}\n`)
  renameSync(`${page}.tmp`, page)
}
