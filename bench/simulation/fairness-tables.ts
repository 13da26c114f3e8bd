/** A share of runs and its Monte-Carlo standard error. */
export function covered(share: number, runs: number): string {
  const error = Math.sqrt((share * (1 - share)) / runs)
  return `${(100 * share).toFixed(1)} ± ${(100 * error).toFixed(1)} %`
}

const COVERED = /\| (\d+\.\d) ± \d+\.\d % \|/

/** A document of tables with one of them replaced or added, and what they say in all above them. */
export function sectionsWith(before: string, section: string): string {
  const heading = section.split('\n', 1)[0] as string
  const kept = before.split(/^(?=## )/m).filter((part) => part.startsWith('## ') && !part.startsWith(`${heading}\n`))
  const sections = [...kept, section].sort().map((part) => part.trimEnd())
  return [introduction(sections), ...sections].join('\n\n') + '\n'
}

function introduction(sections: readonly string[]): string {
  const found = sections.flatMap((section) =>
    section.split('\n').flatMap((line) => {
      const match = COVERED.exec(line)
      if (match === null) return []
      const equal = section.startsWith('## binary') && section.includes('groups are equal')
      return [
        { share: Number(match[1]), where: `${line.split('|')[1]?.trim()} (${line.split('|')[2]?.trim()})`, equal },
      ]
    }),
  )
  const summary = (title: string, rows: typeof found): string => {
    const sorted = rows.toSorted((a, b) => a.share - b.share)
    const inside = rows.filter(({ share }) => share >= 94 && share <= 96).length
    const below = rows.filter(({ share }) => share < 94).length
    const [low, high] = [sorted[0], sorted.at(-1)]
    return `${title}: ${inside} of ${rows.length} intervals within 94–96 %, ${below} below and ${rows.length - inside - below} above, lowest ${low?.share} %, highest ${high?.share} %.`
  }
  return [
    '# Coverage of the intervals of fairness',
    'Written by `node bench/simulate-fairness.ts`. Nominal 95 %; ±: Monte-Carlo standard error; `too low` and `too high`: intervals wholly below and above the truth.',
    ...(found.length > 0
      ? [
          `- ${summary('In all', found)}\n- ${summary(
            'Where the truth is not the best there is (groups differ)',
            found.filter(({ equal }) => !equal),
          )}`,
        ]
      : []),
  ].join('\n\n')
}
