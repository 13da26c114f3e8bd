/** A share of runs and its Monte-Carlo standard error. */
export function covered(share: number, runs: number): string {
  const error = Math.sqrt((share * (1 - share)) / runs)
  return `${(100 * share).toFixed(1)} ± ${(100 * error).toFixed(1)} %`
}

const COVERED = /\| (\d+\.\d) ± (\d+\.\d) % \|/

/** A document of tables with one of them replaced or added, and what they say in all above them. */
export function sectionsWith(before: string, section: string): string {
  const heading = section.split('\n', 1)[0] as string
  const kept = before.split(/^(?=## )/m).filter((part) => part.startsWith('## ') && !part.startsWith(`${heading}\n`))
  const sections = [...kept, section].sort().map((part) => part.trimEnd())
  return [introduction(sections), ...sections].join('\n\n') + '\n'
}

interface Figure {
  readonly share: number
  readonly error: number
  readonly where: string
}

function introduction(sections: readonly string[]): string {
  const figures = (own: readonly string[]): readonly Figure[] =>
    own.flatMap((section) =>
      section.split('\n').flatMap((line) => {
        const match = COVERED.exec(line)
        if (match === null) return []
        const [, metric = '', what = ''] = line.split('|').map((cell) => cell.trim())
        const of = what === 'value' || what === 'change' ? ` (${what})` : ''
        const where = `${metric}${of}, ${section.split('\n', 1)[0]?.slice(3)}`
        return [{ share: Number(match[1]), error: Number(match[2]), where }]
      }),
    )
  const equal = (section: string): boolean => section.includes('groups are equal')
  const parts = {
    'In all': sections,
    'Where groups are equal, the end of what is possible': sections.filter(equal),
    Elsewhere: sections.filter((section) => !equal(section)),
  }
  const lines = Object.entries(parts).flatMap(([title, own]) => summary(title, figures(own)) ?? [])
  return [
    '# Coverage of the intervals of fairness',
    'Written by `node bench/simulate-fairness.ts`. Nominal 95 %; ±: Monte-Carlo standard error; `too low` and `too high`: intervals wholly below and above the truth.',
    ...(lines.length > 0 ? [lines.join('\n')] : []),
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
