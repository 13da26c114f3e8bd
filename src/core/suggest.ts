import { distance } from 'fastest-levenshtein'

/** The candidate a mistyped word most likely meant; undefined where none is near enough to be a help. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_ .]/g, '')
  const letters = (text: string): string => [...text.toLowerCase()].sort().join('')
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(word.length * 0.4)) + 1
  for (const candidate of candidates) {
    const edits =
      plain(candidate) === plain(word)
        ? 0
        : // Swapped letters are one slip of the finger, and two edits to Levenshtein.
          letters(candidate) === letters(word)
          ? 1
          : distance(word.toLowerCase(), candidate.toLowerCase())
    if (edits < bestDistance) {
      best = candidate
      bestDistance = edits
    }
  }
  return best
}

/** `; did you mean "threshold"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const best = closest(word, candidates)
  return best === undefined ? '' : `; did you mean "${best}"?`
}
