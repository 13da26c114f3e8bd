import { createRandom, type Random } from '../../src/core/random.ts'
import { buildProfile } from '../../src/data/profile.ts'
import { createCounter } from '../../src/data/profile-count.ts'
import type { Column, Table } from '../../src/data/table.ts'
import { table, type Row } from './page.ts'
import { answerOf, ask, bounded, DEFAULT, note, percent, tally } from './rule.ts'

const COLUMNS = 5
const ROWS_A_DAY = 48
const NAMES = Array.from({ length: COLUMNS }, (_, i) => `column ${i}`)

/** Rows of one day resemble each other: independent they are not, and a test that takes them so is wrong. */
export function days(most: number): string {
  const runs = Math.min(most, 150)
  const rows: Row[] = []
  for (const between of [0, 0.1, 0.3, 0.8]) {
    for (const [before, now] of [
      [60, 7],
      [180, 30],
    ] as const) {
      const [fires, any] = [tally(), tally()]
      let [effects, low, naive] = [0, 0, 0]
      for (let run = 0; run < runs; run++) {
        const random = createRandom(before * 31 + now * 7 + run)
        const reference = dailyTable(before, between, random)
        const profile = buildProfile(reference, undefined, NAMES, { time: 'time' })
        const counter = createCounter(profile)
        counter.add(dailyTable(now, between, random))
        const result = ask(profile, counter.result(), DEFAULT)
        const answer = answerOf(result)
        note(fires, answer.fires)
        note(any, answer.drifted.length > 0)
        effects += profile.columns.reduce((sum, column) => sum + (column.designEffect ?? 1) / COLUMNS, 0)
        low += result.evidence.filter(({ pValue }) => pValue < 0.01).length
        const plain = buildProfile(reference, undefined, NAMES)
        naive += ask(plain, counter.result(), DEFAULT).evidence.filter(({ pValue }) => pValue < 0.01).length
      }
      rows.push([
        percent(between, 1),
        `${before} / ${now}`,
        runs,
        (effects / runs).toFixed(1),
        bounded(fires),
        bounded(any),
        percent(low, runs * COLUMNS),
        percent(naive, runs * COLUMNS),
      ])
    }
  }
  return [
    '## Nothing changed, but rows of one day resemble each other',
    `${ROWS_A_DAY} rows a day, ${COLUMNS} columns; part of the variance lies between days.`,
    table(
      [
        'variance between days',
        'days before / now',
        'runs',
        'design effect',
        'default rule fires',
        'any column',
        'a column: p < 0.01',
        'the same, rows taken as independent',
      ],
      rows,
    ),
  ].join('\n\n')
}

/** Rows of days whose columns share a day’s effect: the given share of the variance lies between days. */
function dailyTable(length: number, between: number, random: Random): Table {
  const rows = length * ROWS_A_DAY
  const time = Float64Array.from({ length: rows }, (_, i) => Math.floor(i / ROWS_A_DAY) * 86_400_000 + (i % ROWS_A_DAY))
  return {
    rows,
    columns: [
      { kind: 'time', name: 'time', values: time },
      ...NAMES.map((name): Column => {
        let effect = 0
        const values = Float64Array.from({ length: rows }, (_row, i) => {
          if (i % ROWS_A_DAY === 0) effect = random.normal()
          return Math.sqrt(between) * effect + Math.sqrt(1 - between) * random.normal()
        })
        return { kind: 'number', name, values, integer: false }
      }),
    ],
  }
}
