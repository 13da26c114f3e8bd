import { MISSING_TEXTS } from '../../config/missing-texts.ts'

const MORE = `
n.a. n.a nil none <none> (none) missing unknown (blank) <unset>
- -- --- \u2013 \u2014 . .. ... \u2026
#value! #ref! #div/0! #num! #name?
0000-00-00`

/**
 * What means "missing" among numbers and times, in lower case, whatever `data.missing` says. As a category some of it may be
 * a value of its own: a plan called `none`, a grade `-`.
 */
export const MISSING_NUMBERS: readonly string[] = [
  ...new Set(MISSING_TEXTS.map((text) => text.toLowerCase())),
  ...MORE.trim().split(/\s+/),
  '0000-00-00 00:00:00',
]

const AMONG_NUMBERS: ReadonlySet<string> = new Set(MISSING_NUMBERS)
const LONGEST = Math.max(...MISSING_NUMBERS.map((text) => text.length))

/** Whether trimmed text in a column of numbers or times means "missing"; `missing` holds the texts of `data.missing`. */
export function isMissingNumber(text: string, missing: ReadonlySet<string>): boolean {
  return missing.has(text) || (text.length <= LONGEST && AMONG_NUMBERS.has(text.toLowerCase()))
}
