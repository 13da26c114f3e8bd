import { isAmbiguous, looksLikeNumber, numberOfText, type NumberStyle } from './readers/number-text.ts'

/** With fewer different numbers they are codes as likely as quantities. */
const FEWEST_NUMBERS = 10

/** A column of categories whose values are mostly numbers, or look so. */
export interface NearlyNumbers {
  /** Values that are numbers, in the style that fits most of them. */
  readonly numbers: number
  /** Values that are not missing. */
  readonly present: number
  /** The commonest value that is no number, and how many values are that. */
  readonly text: string
  readonly rows: number
  /** Different values that are no numbers. */
  readonly others: number
  /** Different values in all. */
  readonly distinct: number
  /** What stands in the way: a text that may mean "missing", a mark that may be read in two ways, another spelling. */
  readonly because: 'text' | 'mark' | 'spelling'
}

/** @param texts a column's values with how many rows have them, none of them missing */
export function nearlyNumbers(
  texts: Iterable<readonly [string, number]>,
  style: NumberStyle,
): NearlyNumbers | undefined {
  let [numbers, likely, present, different, others, distinct] = [0, 0, 0, 0, 0, 0]
  let [text, rows] = ['', 0]
  for (const [value, n] of texts) {
    present += n
    distinct++
    if (!Number.isNaN(numberOfText(value, style))) {
      numbers += n
      different++
      continue
    }
    others++
    if (looksLikeNumber(value)) {
      likely += n
      different++
    }
    if (n > rows) [text, rows] = [value, n]
  }
  if (others === 0 || different < FEWEST_NUMBERS || (numbers + likely) * 2 < present) return undefined
  const because = !looksLikeNumber(text) ? 'text' : marked(text, style) ? 'mark' : 'spelling'
  return { numbers, present, text, rows, others, distinct, because }
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
