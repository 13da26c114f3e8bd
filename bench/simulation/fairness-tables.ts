/** A share of runs and its Monte-Carlo standard error. */
export function covered(share: number, runs: number): string {
  const error = Math.sqrt((share * (1 - share)) / runs)
  return `${(100 * share).toFixed(1)} ± ${(100 * error).toFixed(1)} %`
}

const COVERED = /\| (\d+\.\d) ± (\d+\.\d) % \|/

/** A document of tables with one of them replaced or added, and what they say in all above them. */
export function sectionsWith(before: string, section: string): string {
  const heading = section.split('\n', 1)[0] as string
  const kept = before
    .split(/^(?=## )/m)
    .filter((part) => part.startsWith('## ') && !part.startsWith(`${heading}\n`) && !part.startsWith('## Why '))
  const sections = [...kept, section].sort().map((part) => part.trimEnd())
  return [introduction(sections), ...sections].join('\n\n') + '\n'
}

interface Figure {
  readonly share: number
  readonly error: number
  readonly where: string
  /** Of a value, of a change, or of something else. */
  readonly what: string
  readonly section: string
}

const PARTS: Readonly<Record<string, (figure: Figure) => boolean>> = {
  'In all': () => true,
  'Values, groups differ': ({ what, section }) => what === 'value' && !section.includes('groups are equal'),
  'Values, groups are equal': ({ what, section }) => what === 'value' && section.includes('groups are equal'),
  'Changes, groups differ': ({ what, section }) => what === 'change' && !section.includes('groups are equal'),
  'Changes, groups are equal': ({ what, section }) => what === 'change' && section.includes('groups are equal'),
  'Of 500 rows': ({ section }) => section.includes(' 500 rows'),
  'Of 2,000 rows': ({ section }) => section.includes(' 2,000 rows'),
  'Of 10,000 rows': ({ section }) => section.includes(' 10,000 rows'),
}

const REASONS = `## Why some are above 96 %

- **Changes where groups are equal in both models: inherent.** That two spreads are the same, |δ₁| = |δ₂|, is two lines that cross where both are 0. Whoever calls a change there says that some group differs in one of the models. A rule that says so only where “no group differs in either model” is itself rejected at 5 %, and that misses at most 6 % elsewhere on the lines, misses at most 1.8 % where they cross: it covers 98.2 % or more (a linear programme over all rules: \`bench/simulation/equal-spreads.py\`). 95 % is had only by calling changes that the data do not show (Perlman & Wu 1999, “The Emperor’s New Tests”). Near the crossing, where the change is small beside its error, it is the same.
- **Upper ends of the worst of several rates, classes, or distances to all rows: inherent.** The worst is below a limit only where each is. This is the smallest valid limit that does not fall as one of the rates gets worse (Lehmann 1952); where k independent ones are tied it is missed not by 2.5 % but by 2.5 %ᵏ of the runs. Of values the lower end takes what the upper one leaves. What is still above 96 % there, and among the changes of such metrics, is the price of not knowing which rates are tied: inherent in that no rule knows, though not in its size.
- **Values between groups of very unequal size: not inherent.** Both ends keep to the safe side of how nearly tied the groups next to the extremes are.
- **Values where groups are equal: nothing is inherent.** The lower end is above 0 in 5 % of the runs (Feldman & Cousins 1998).`

function introduction(sections: readonly string[]): string {
  const figures = sections.flatMap((section) =>
    section.split('\n').flatMap((line): readonly Figure[] => {
      const match = COVERED.exec(line)
      if (match === null) return []
      const [, metric = '', what = ''] = line.split('|').map((cell) => cell.trim())
      const of = what === 'value' || what === 'change' ? ` (${what})` : ''
      const title = section.split('\n', 1)[0]?.slice(2) ?? ''
      return [
        {
          share: Number(match[1]),
          error: Number(match[2]),
          where: `${metric}${of},${title}`,
          what,
          section: `${title}${of === '' ? ` ${metric}` : ''}`,
        },
      ]
    }),
  )
  const lines = Object.entries(PARTS).flatMap(([title, own]) => summary(title, figures.filter(own)) ?? [])
  return [
    '# Coverage of the intervals of fairness',
    'Written by `node bench/simulate-fairness.ts`. Nominal 95 %; ±: Monte-Carlo standard error; `too low` and `too high`: intervals wholly below and above the truth; `none`: runs without an interval, or with a class left out for too few rows.',
    ...(lines.length > 0 ? [lines.join('\n'), REASONS] : []),
  ].join('\n\n')
}

function summary(title: string, figures: readonly Figure[]): string | undefined {
  const sorted = [...figures].sort((a, b) => a.share - b.share)
  const [low, high] = [sorted[0], sorted.at(-1)]
  if (low === undefined || high === undefined) return undefined
  const below = sorted.filter(({ share }) => share < 94)
  const surely = below.filter(({ share, error }) => share + 2 * error < 94).length
  const above = sorted.filter(({ share }) => share > 96).length
  const inside = sorted.length - below.length - above
  const shown = (one: Figure): string => `${one.share.toFixed(1)} % (${one.where})`
  return `- ${title}: ${inside} of ${sorted.length} intervals within 94–96 %; ${below.length} below, of which ${surely} by more than two standard errors; ${above} above. Lowest ${shown(low)}, highest ${shown(high)}.`
}
