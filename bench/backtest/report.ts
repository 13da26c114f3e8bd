/** What is kept of a replay: the mean of the periods' scores in all, first and second half. */
export interface Summary {
  readonly title: string
  readonly metric: string
  readonly days: number
  readonly rows: number
  readonly config: string
  readonly runs: readonly RunSummary[]
}

export interface RunSummary {
  readonly name: string
  readonly all: number
  readonly first: number
  readonly second: number
  readonly retrainings: number
  readonly promoted: number
  readonly drafts: number
  readonly refused: number
  /** Retrainings by what fired. */
  readonly fired: Readonly<Record<string, number>>
}

/** Measured on the same file with scikit-learn, see the data’s own README; the last two see every label half an hour later. */
export const LITERATURE = [
  ['always DOWN', 0.5755],
  ['logistic regression, trained once on the first 10 %', 0.719],
  ['gradient boosting, trained once on the first 10 %', 0.724],
  ['logistic regression, retrained every 500 rows on the last 2,000', 0.774],
  ['logistic regression by SGD, one step a row (prequential)', 0.831],
  ['the label of the half hour before', 0.8533],
] as const

export const COMMAND = 'node_modules/.bin/node bench/backtest.ts'

export function renderResults(results: Readonly<Record<string, Summary>>): string {
  const parts = Object.entries(results).map(([name, summary]) => section(name, summary))
  const literature = LITERATURE.map(([name, accuracy]) => `| ${name} | ${accuracy.toFixed(4)} |`).join('\n')
  return `# Backtests

Written by \`${COMMAND}\`; one case again by \`${COMMAND} <case>\`. A look every day, \`every 7d\` retrains and deploys
every week unseen. Scores are means over the days after the first tenth. Defaults were chosen on the first half of
Electricity only; settings of the tuned case by its sweep on the first half.

${parts.join('\n')}
## Beside them: Electricity in the literature, same file

| | Accuracy |
| --- | ---: |
${literature}
`
}

function section(name: string, { title, metric, days, rows, config, runs }: Summary): string {
  const lines = runs.map((run) => {
    const scores = [run.all, run.first, run.second].map((value) => value.toFixed(metric === 'rmse' ? 1 : 4))
    const counts = [run.retrainings, run.promoted, run.drafts, run.refused]
    const fired = Object.entries(run.fired).map(([trigger, times]) => `${trigger} ${times}`)
    return `| ${[run.name, ...scores, ...(run.name === 'oracle' ? ['', '', '', ''] : counts), fired.join(', ')].join(' | ')} |`
  })
  return `## ${title}

\`${name}\`: ${days} days, ${rows.toLocaleString('en-US')} rows, ${metric}.

\`\`\`yaml
${config.trimEnd()}
\`\`\`

| | All days | First half | Second half | Retrainings | Merged | Left open | Refused | Fired |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
${lines.join('\n')}
`
}
