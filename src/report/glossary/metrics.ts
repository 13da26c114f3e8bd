import type { Entry } from './entry.ts'
import { SOURCES } from './sources.ts'

/** `[name, what it says, formula, source]`. tp, fp, tn, fn: (weighted) rows of the four outcomes at the threshold. */
export const METRIC_ENTRIES: readonly Entry[] = [
  [
    'auc',
    'The chance that a positive row scores above a negative one. 0.5 is guessing, 1 is perfect.',
    'P(s₊ > s₋) + ½·P(s₊ = s₋)',
    SOURCES.hanley,
  ],
  [
    'pr-auc',
    'Average precision: the precision at every threshold, weighted by the recall it adds. The share of positives is guessing.',
    'Σ (Rₖ − Rₖ₋₁)·Pₖ',
    SOURCES.averagePrecision,
  ],
  ['accuracy', 'Share of the rows that are decided rightly.', 'Σ 1[ŷ = y] / n', SOURCES.confusion],
  [
    'balanced-accuracy',
    'The mean over the classes of the share of their rows that is found.',
    'mean over classes of recall',
    SOURCES.balanced,
  ],
  ['precision', 'Share of the rows decided positive that are.', 'tp / (tp + fp)', SOURCES.confusion],
  ['recall', 'Share of the positive rows that are found: the true positive rate.', 'tp / (tp + fn)', SOURCES.confusion],
  [
    'specificity',
    'Share of the negative rows that are left alone: 1 − false positive rate.',
    'tn / (tn + fp)',
    SOURCES.confusion,
  ],
  ['f1', 'Harmonic mean of precision and recall.', '2·tp / (2·tp + fp + fn)', SOURCES.fBeta],
  [
    'mcc',
    'Correlation of decision and truth, −1 … 1; 0 is guessing.',
    '(tp·tn − fp·fn) / √((tp+fp)(tp+fn)(tn+fp)(tn+fn))',
    SOURCES.mcc,
  ],
  [
    'log-loss',
    'How surprised the model is by what happens; lower is better, 0 is perfect.',
    '−Σ ln P(truth) / n',
    SOURCES.logLoss,
  ],
  ['brier', 'Mean squared distance of probability and outcome; lower is better.', 'Σ (p − y)² / n', SOURCES.brier],
  [
    'ece',
    'Expected calibration error: how far predicted probabilities are from observed shares, in ten bins of equal width.',
    'Σ (n_b / n)·|mean y − mean p|',
    SOURCES.ece,
  ],
  [
    'ks',
    'The largest distance between the score distributions of positives and negatives.',
    'max |F₊(s) − F₋(s)|',
    SOURCES.ks,
  ],
  ofShare('lift@10%', true, '10'),
  ofShare('gains@10%', false, '10'),
  [
    'value',
    'What the decisions are worth by your cost table or formula, per 1,000 rows, in your unit.',
    '1000·Σ value(row) / n',
    undefined,
  ],
  [
    'rmse',
    'Root of the mean squared error, in the unit of the label; large errors count more.',
    '√(Σ (ŷ − y)² / n)',
    SOURCES.errors,
  ],
  ['mae', 'Mean absolute error, in the unit of the label.', 'Σ |ŷ − y| / n', SOURCES.errors],
  ['median-ae', 'Half of the rows have a smaller absolute error.', 'median |ŷ − y|', SOURCES.errors],
  [
    'mape',
    'Mean error as a share of the true value; undefined where a true value is 0.',
    'Σ |ŷ − y| / |y| / n',
    SOURCES.errors,
  ],
  [
    'smape',
    'Mean error as a share of the mean size of truth and prediction.',
    'Σ 2·|ŷ − y| / (|y| + |ŷ|) / n',
    SOURCES.errors,
  ],
  ['wape', 'Total error as a share of the total of the true values.', 'Σ |ŷ − y| / Σ |y|', SOURCES.errors],
  [
    'r2',
    'Share of the label’s variance that is explained; 0 is the mean, 1 is perfect.',
    '1 − Σ (y − ŷ)² / Σ (y − ȳ)²',
    SOURCES.errors,
  ],
  [
    'bias',
    'Mean of predicted − true; better the closer to 0. A difference of two models is that of their sizes, |bias|.',
    'Σ (ŷ − y) / n',
    SOURCES.errors,
  ],
  [
    'pinball-p10',
    'Quantile loss of the prediction as a 10 % quantile.',
    'mean of max(0.1·(y − ŷ), 0.9·(ŷ − y))',
    SOURCES.pinball,
  ],
  [
    'pinball-p90',
    'Quantile loss of the prediction as a 90 % quantile.',
    'mean of max(0.9·(y − ŷ), 0.1·(ŷ − y))',
    SOURCES.pinball,
  ],
]

const KINDS = {
  precision: ['share of the rows decided for a class that belong to it', 'tp / (tp + fp)'],
  recall: ['share of the rows of a class that are found', 'tp / (tp + fn)'],
  f1: ['harmonic mean of precision and recall', '2·tp / (2·tp + fp + fn)'],
} as const
const MEANS = {
  macro: 'each class counts the same',
  weighted: 'each class counts by its rows',
  micro: 'all decisions are counted together',
} as const

/** Names that follow a pattern: `macro-f1`, `recall:gold`, `top-3-accuracy`, `f2`. */
export function patternEntry(name: string): Entry | undefined {
  const mean = /^(macro|weighted|micro)-(precision|recall|f1)$/.exec(name)
  if (mean) {
    const [kind, how] = [mean[2] as keyof typeof KINDS, mean[1] as keyof typeof MEANS]
    return [
      name,
      `By class the ${KINDS[kind][0]}; ${MEANS[how]}.`,
      `${how} mean of ${KINDS[kind][1]}`,
      SOURCES.averages,
    ]
  }
  const one = /^(precision|recall|f1):(.+)$/s.exec(name)
  if (one) {
    const [text, formula] = KINDS[one[1] as keyof typeof KINDS]
    return [name, `Of the class “${one[2]}” against all others: ${text}.`, formula, SOURCES.confusion]
  }
  const share = /^(lift|gains)@(\d+(?:\.\d+)?)%$/.exec(name)
  if (share) return ofShare(name, share[1] === 'lift', share[2] as string)
  const top = /^top-(\d+)-accuracy$/.exec(name)
  if (top)
    return [
      name,
      `Share of rows whose true class is among the ${top[1]} most probable.`,
      `Σ 1[rank of y ≤ ${top[1]}] / n`,
      SOURCES.topK,
    ]
  const quantile = /^pinball-p(\d+(?:\.\d+)?)$/.exec(name)?.[1]
  if (quantile !== undefined) {
    const tau = Number(quantile) / 100
    return [
      name,
      `Loss of a prediction of the ${quantile} % quantile: ${tau} for each unit too low, ${Number((1 - tau).toFixed(6))} for each unit too high; lower is better.`,
      `Σ max(τ·(y − ŷ), (τ − 1)·(y − ŷ)) / n, τ = ${tau}`,
      SOURCES.pinball,
    ]
  }
  const beta = /^f(\d+(?:\.\d+)?)$/.exec(name)?.[1]
  if (beta === undefined) return undefined
  const weight = Number(beta) ** 2
  return [
    name,
    `Precision and recall in one number; recall counts ${beta} times as much.`,
    `${1 + weight}·tp / (${1 + weight}·tp + ${weight}·fn + fp)`,
    SOURCES.fBeta,
  ]
}

/** A function, so that the list above may use it. */
function ofShare(name: string, lift: boolean, percent: string): Entry {
  return lift
    ? [
        name,
        `How many times more positives there are among the ${percent} % of rows that score highest than among all.`,
        `(positives in the top ${percent} % / rows in it) / (positives / rows)`,
        SOURCES.confusion,
      ]
    : [
        name,
        `Share of all positives among the ${percent} % of rows that score highest.`,
        `positives in the top ${percent} % / positives`,
        SOURCES.confusion,
      ]
}
