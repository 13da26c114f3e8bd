import { numberOfText } from '../data/readers/number-text.ts'

/**
 * Position of each text in a list. A number finds itself however it is spelled (`1`, `1.0`, `01`): a column of codes may
 * be read as numbers from one file and as text from the next.
 */
export function textIndex(texts: readonly string[]): (text: string) => number | undefined {
  const exact = new Map<string, number>()
  const numeric = new Map<number, number>()
  for (const [index, text] of texts.entries()) {
    exact.set(text, index)
    const value = toNumber(text)
    // Two spellings of one number in the list stay two texts: then only the exact spelling counts.
    if (Number.isFinite(value)) numeric.set(value, numeric.has(value) ? -1 : index)
  }
  return (text) => {
    const index = exact.get(text)
    if (index !== undefined || numeric.size === 0) return index
    const same = numeric.get(toNumber(text))
    return same === -1 ? undefined : same
  }
}

/** The number a text spells plainly, NaN where it spells none: `0x32` and ids beyond 2^53 are texts. */
export function toNumber(text: string): number {
  return numberOfText(text.trim())
}
