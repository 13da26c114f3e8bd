import { createRandom } from '../../src/core/random.ts'
import type { ColumnCounts } from '../../src/data/types.ts'
import { drawCounts, drawReference, profileOf } from './counts.ts'
import { table, type Row } from './page.ts'
import { TABLES, type Population } from './populations.ts'
import { answerOf, ask, bounded, DEFAULT, note, tally } from './rule.ts'

const DAYS = 30
const WINDOW = 7

/** The same model is checked every day for a month, with nothing changed. */
export function repeated(most: number): string {
  const runs = Math.max(1, Math.round(most / 5))
  const mixed = Object.values(TABLES).at(-1) as readonly Population[]
  const rows: Row[] = []
  for (const [n, m] of [
    [1000, 50],
    [5000, 200],
  ] as const) {
    for (const width of [20] as const) {
      const columns = Array.from({ length: width }, (_, i) => mixed[i % mixed.length] as Population)
      const cells = [tally(), tally(), tally(), tally()] as const
      for (let run = 0; run < runs; run++) {
        const random = createRandom(n * 31 + m * 7 + width * 1_000_003 + run)
        const references = drawReference(columns, n, random)
        const profile = profileOf(references)
        const daily = Array.from({ length: DAYS }, () => references.map((one) => drawCounts(one, m, random)))
        const seen = [false, false, false, false]
        for (let day = 1; day <= DAYS; day++) {
          const spans = [daily.slice(0, day), daily.slice(Math.max(0, day - WINDOW), day)]
          spans.forEach((span, i) => {
            const counts = references.map((_, at) => sum(span.map((one) => one[at] as ColumnCounts)))
            const total = span.length * m
            const all = { rows: total, labelled: total, columns: counts, vanished: [], added: [] }
            const answer = answerOf(ask(profile, all, DEFAULT))
            seen[2 * i] ||= answer.fires
            seen[2 * i + 1] ||= answer.drifted.length > 0
          })
        }
        cells.forEach((cell, i) => note(cell, seen[i] as boolean))
      }
      rows.push([n.toLocaleString('en'), m.toLocaleString('en'), width, runs, ...cells.map(bounded)])
    }
  }
  return [
    `## Nothing changed: ${DAYS} checks, one a day`,
    `In how many of such months there was one alarm or more. By default a check compares all rows since the training; with \`window: ${WINDOW}d\` those of the last ${WINDOW} days, so that neighbouring checks share most of their rows. Mixed columns.`,
    table(
      [
        'reference',
        'rows a day',
        'columns',
        'runs',
        'default rule fires',
        'any column',
        `\`window: ${WINDOW}d\` fires`,
        'any column',
      ],
      rows,
    ),
  ].join('\n\n')
}

function sum(parts: readonly ColumnCounts[]): ColumnCounts {
  const [first] = parts as [ColumnCounts]
  const counts = first.counts.slice()
  let [rows, missing, unseen] = [first.rows, first.missing, first.unseen]
  for (const part of parts.slice(1)) {
    part.counts.forEach((count, i) => (counts[i] = (counts[i] as number) + count))
    rows += part.rows
    missing += part.missing
    unseen += part.unseen
  }
  return { ...first, rows, missing, unseen, counts }
}
