import { formatPlace, type Place, RefitError } from '../core/error.ts'
import { canonicalText } from './readers/dictionary.ts'

/** Ways of writing no and yes. */
const PAIRS = [
  ['0', '1'],
  ['false', 'true'],
  ['no', 'yes'],
  ['nein', 'ja'],
  ['non', 'oui'],
  ['off', 'on'],
  ['neg', 'pos'],
  ['negative', 'positive'],
  ['n', 'y'],
  ['f', 't'],
] as const
/** Beside a yes and a no there may be an `unknown`; with more other classes a `t` and a `y` are letters, or codes. */
const MOST_OTHERS = 2

/**
 * Classes that mean the same and are written in several ways, as groups of spellings: by case (`Yes`, `yes`), Unicode's
 * forms, blanks, dashes, digits (`1`, `1.0`), and by another pair of words for no and yes (`0`/`1` beside `false`/`true`).
 */
export function spellingsOf(classes: Iterable<string>): readonly (readonly string[])[] {
  const all = [...new Set(classes)]
  const words = new Map(all.map((name) => [name, folded(name)]))
  const meaning = pairMeaning(new Set(words.values()))
  const groups = new Map<string, string[]>()
  for (const [name, word] of words) {
    const key = meaning(word) ?? `word ${word}`
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  return [...groups.values()].filter((group) => group.length > 1)
}

/** Without what looks alike: case, forms of Unicode, invisible characters, blanks or dashes between words, a full stop, zeros. */
function folded(name: string): string {
  const text = name
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFC')
    .replace(/[\u00ad\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/(?<=[\p{L}\p{N}])[\s_-]+(?=\p{L})/gu, ' ')
    .trim()
    .replace(/(?<=[\p{L}\p{N}])\.$/u, '')
  return /^[+-]?\d{1,15}(\.\d*)?$/.test(text) ? String(Number(text)) : text
}

/** `no` or `yes` for the words of pairs, where several pairs are mixed; undefined for all other words. */
function pairMeaning(words: ReadonlySet<string>): (word: string) => 'no' | 'yes' | undefined {
  const complete = PAIRS.filter(([no, yes]) => words.has(no) && words.has(yes))
  // A lone letter says nothing: f, m and n are no pair.
  const used = PAIRS.filter(
    (pair) => pair[0].length > 1 || pair[0] === '0' || complete.includes(pair) || complete.length > 0,
  )
  const pairOf = (word: string): (typeof PAIRS)[number] | undefined =>
    used.find(([no, yes]) => word === no || word === yes)
  const others = [...words].filter((word) => pairOf(word) === undefined)
  return (word) => {
    const pair = others.length > MOST_OTHERS ? undefined : pairOf(word)
    return pair && (word === pair[0] ? 'no' : 'yes')
  }
}

/** A class as it is written, and where it was first seen: a place, or a version that knows it. */
export interface Spelling {
  readonly name: string
  readonly where: Place | string | undefined
}

/**
 * @param distinct `data.classes`: classes of their own, however much they look like others
 * @throws RefitError `data` where one class is written in several ways: as classes of their own each could only be
 *   learned from its share of the rows.
 */
export function refuseSpellings(label: string, classes: readonly Spelling[], distinct: readonly string[]): void {
  const first = new Map<string, Spelling>()
  for (const spelling of classes) if (!first.has(spelling.name)) first.set(spelling.name, spelling)
  const apart = new Set(distinct.map(canonicalText))
  const groups = spellingsOf([...first.keys()].filter((name) => !apart.has(name)))
  if (groups.length === 0) return
  const text = (name: string): string => {
    const where = first.get(name)?.where
    const shown = where === undefined ? '' : ` (${typeof where === 'string' ? where : formatPlace(where)})`
    return `${JSON.stringify(name)}${shown}`
  }
  const place = groups
    .flat()
    .map((name) => first.get(name)?.where)
    .findLast((where): where is Place => typeof where === 'object')
  const [group = []] = groups
  throw new RefitError(
    'data',
    `the label "${label}" writes one class in several ways: ${groups.map((names) => names.map(text).join(' and ')).join('; ')}`,
    {
      place,
      hint: `Write every class in one way. Where they are different classes, say so: data.classes: [${group.join(', ')}].`,
    },
  )
}
