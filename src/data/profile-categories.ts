import type { CategoryProfile } from './types.ts'

/** Names of unseen categories that are kept, so that a column of free text does not fill the memory. */
const MAX_UNSEEN_NAMES = 1000
/** Names of unseen categories that are reported, the most frequent ones. */
const MAX_EXAMPLES = 5
const UNSEEN = -1

export interface CategoryCounter {
  /** Codes index the dictionary; −1 is missing. */
  add(codes: Int32Array, dictionary: readonly string[], rows: ArrayLike<number> | undefined): void
  addMissing(rows: number): void
  result(): {
    readonly missing: number
    readonly counts: Float64Array
    readonly unseen: number
    readonly unseenExamples: readonly string[]
  }
}

/** Counts categories on those that a profile lists. */
export function createCategoryCounter(profile: CategoryProfile): CategoryCounter {
  const binByName = new Map(profile.categories.map((category, bin) => [category, bin]))
  const counts = new Float64Array(profile.categories.length)
  const unseenByName = new Map<string, number>()
  let missing = 0
  let unseen = 0
  // Dictionaries grow from batch to batch, as the same array or a longer copy: what is known of one is kept.
  let known: string[] = []
  let bins = new Int32Array(64)

  const learn = (dictionary: readonly string[]): void => {
    let same = 0
    while (same < known.length && same < dictionary.length && known[same] === dictionary[same]) same++
    if (same < known.length) known = known.slice(0, same)
    if (dictionary.length > bins.length) {
      const larger = new Int32Array(2 * dictionary.length)
      larger.set(bins)
      bins = larger
    }
    for (let code = same; code < dictionary.length; code++) {
      const category = dictionary[code] as string
      known.push(category)
      bins[code] = binByName.get(category) ?? UNSEEN
    }
  }

  return {
    add(codes, dictionary, rows) {
      learn(dictionary)
      const unseenByCode = new Map<number, number>()
      const n = rows ? rows.length : codes.length
      for (let i = 0; i < n; i++) {
        const code = codes[rows ? (rows[i] as number) : i] as number
        if (code < 0) {
          missing++
          continue
        }
        const bin = bins[code] as number
        if (bin === UNSEEN) unseenByCode.set(code, (unseenByCode.get(code) ?? 0) + 1)
        else counts[bin] = (counts[bin] as number) + 1
      }
      for (const [code, count] of unseenByCode) {
        unseen += count
        const name = dictionary[code] as string
        const before = unseenByName.get(name)
        if (before !== undefined || unseenByName.size < MAX_UNSEEN_NAMES) unseenByName.set(name, (before ?? 0) + count)
      }
    },
    addMissing(rows) {
      missing += rows
    },
    result: () => ({
      missing,
      counts: counts.slice(),
      unseen,
      unseenExamples: [...unseenByName]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, MAX_EXAMPLES)
        .map(([name]) => name),
    }),
  }
}
