import { isAmbiguous, looksLikeNumber, numberOfText, type NumberStyle } from './readers/number-text.ts'
import { exampleOf } from './readers/sink.ts'
import { looksLikeDate, timeOfText } from './readers/time-text.ts'

/** With fewer different ones, numbers are codes as likely as quantities. */
const FEWEST = 10

/** A column of categories whose values are mostly numbers, or look so, or are mostly times. */
export interface Nearly {
  readonly what: 'numbers' | 'times'
  /** Values that are numbers, in the style that fits most of them, or times. */
  readonly fitting: number
  /** Values that are not missing. */
  readonly present: number
  /** The commonest value that is none, and how many values are that. */
  readonly text: string
  readonly rows: number
  /** Different values that are none. */
  readonly others: number
  /** Different values in all. */
  readonly distinct: number
  /** What stands in the way: a text that may mean "missing", a mark or a date that may be read in two ways, another spelling. */
  readonly because: 'text' | 'mark' | 'date' | 'spelling'
}

/** @param texts a column's values with how many rows have them, none of them missing */
export function nearlyTyped(texts: ReadonlyMap<string, number>, style: NumberStyle): Nearly | undefined {
  const [numbers, times] = [tally(texts, (text) => numberOfText(text, style)), tally(texts, timeOfText)]
  const looking = tally(texts, (text) => (looksLikeNumber(text) ? 1 : numberOfText(text, style)))
  const dates = tally(texts, (text) => (looksLikeDate(text) ? 1 : timeOfText(text)))
  const isTime = dates.fitting > looking.fitting
  const found = isTime ? times : numbers
  const { fitting, different, present } = isTime ? dates : looking
  if (found.others === 0 || different < FEWEST || fitting * 2 < present) return undefined
  const { text } = found
  const odd = isTime ? /\d/.test(text) : looksLikeNumber(text)
  const rest = { text: exampleOf(text), distinct: texts.size }
  if (isTime && looksLikeDate(text) && times.fitting * 2 < present)
    return { what: 'times', ...found, ...rest, fitting, because: 'date' }
  const because = !odd ? 'text' : !isTime && marked(text, style) ? 'mark' : 'spelling'
  return { what: isTime ? 'times' : 'numbers', ...found, ...rest, because }
}

/** How many values `parse` can read, how many different ones, and the commonest of the others. */
function tally(texts: ReadonlyMap<string, number>, parse: (text: string) => number) {
  let [fitting, present, different, others] = [0, 0, 0, 0]
  let [text, rows] = ['', 0]
  for (const [value, n] of texts) {
    present += n
    if (!Number.isNaN(parse(value))) {
      fitting += n
      different++
      continue
    }
    others++
    if (n > rows) [text, rows] = [value, n]
  }
  return { fitting, present, different, others, text, rows }
}

/** A number in another style than the column's, or `1,234` in a column that does not say what the comma means. */
function marked(text: string, { unit }: NumberStyle): boolean {
  return (
    isAmbiguous(text) || (['.', ','] as const).some((decimal) => !Number.isNaN(numberOfText(text, { decimal, unit })))
  )
}

/** Values of a number or time column that cannot be read as its type. */
export interface UnreadValues {
  readonly rows: number
  /** Values that are not missing, these among them. */
  readonly present: number
  /** The commonest of them. */
  readonly text: string
  readonly textRows: number
}

/** The commonest of counted texts; undefined of none. */
export function commonest(texts: ReadonlyMap<string, number>): readonly [string, number] | undefined {
  let most: readonly [string, number] | undefined
  for (const entry of texts) if (most === undefined || entry[1] > most[1]) most = entry
  return most
}
