import { formatNumber } from '../../core/format.ts'
import type { Curve } from '../../evaluation/types.ts'
import {
  chart,
  details,
  only,
  paragraph,
  type Block,
  type Chart,
  type Inline,
  type LineChart,
  type LineSeries,
  type Section,
} from '../document.ts'
import { candidateName, championName } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'

type LineKind = Exclude<Curve['kind'], 'confusion'>
type Look = Pick<LineChart, 'title' | 'x' | 'y' | 'diagonal' | 'unit' | 'spread'> & { readonly how: string }

/** In the order they are drawn. */
const LOOKS: Readonly<Record<LineKind, Look>> = {
  roc: {
    title: 'ROC curve',
    x: 'false positive rate',
    y: 'true positive rate',
    diagonal: 'chance',
    unit: true,
    how: 'How many positives are found at each share of false alarms. Further up and left is better.',
  },
  pr: {
    title: 'Precision and recall',
    x: 'recall',
    y: 'precision',
    diagonal: null,
    unit: true,
    how: 'How many of the rows found are right, as more and more positives are found. Further up and right is better.',
  },
  calibration: {
    title: 'Reliability',
    x: 'predicted probability',
    y: 'observed share',
    diagonal: 'perfect',
    unit: true,
    spread: '95 % interval (Wilson)',
    how: 'Whether a predicted 70 % happens 70 % of the time. On the dashed line is better.',
  },
  gains: {
    title: 'Cumulative gains',
    x: 'share of rows, highest scores first',
    y: 'share of the positives among them',
    diagonal: 'chance',
    unit: true,
    how: 'How many of all positives are reached by acting on the highest scores first. Further up and left is better.',
  },
  ks: {
    title: 'Scores of positives and negatives',
    x: 'score',
    y: 'share of rows at or below it',
    diagonal: null,
    unit: true,
    how: 'Thick: positives, thin: negatives. The largest vertical distance between the two lines of a model is KS; further apart is better.',
  },
  deciles: {
    title: 'Predicted against true, by decile',
    x: 'mean prediction',
    y: 'mean truth',
    diagonal: 'perfect',
    unit: false,
    how: 'The mean truth in each tenth of the rows, ordered by prediction. On the dashed line is better.',
  },
  residual: {
    title: 'Residuals by prediction',
    x: 'mean prediction of a band',
    y: 'predicted − true',
    diagonal: null,
    unit: false,
    spread: 'middle 80 % of the rows',
    how: 'The median error in each band of predictions, and where 80 % of its rows lie. A line at 0 and narrow bands are better; a slope is a systematic error.',
  },
}
const KINDS = Object.keys(LOOKS) as readonly LineKind[]

/** Candidate, champion and baseline in the same axes: drawn on the page, folded in a pull request. */
export function curvesSection(record: RunRecord): Section | undefined {
  const drawings = [...KINDS.flatMap((kind) => lineDrawing(record, kind)), ...confusionDrawing(record)]
  if (drawings.length === 0) return undefined
  const blocks = drawings.map(({ drawn, how }): readonly Block[] => [chart(drawn), paragraph(how)])
  const lines = drawings.filter(({ drawn }) => drawn.kind === 'lines')
  const folded = lines.flatMap(({ drawn, how }): Block[] => [chart(drawn), paragraph(how)])
  const names = lines.map(({ drawn }) => drawn.title).join(', ')
  return {
    id: 'curves',
    title: 'Curves',
    importance: 4,
    blocks: [
      only('html', [{ kind: 'columns', of: blocks }]),
      only('markdown', [...(folded.length > 0 ? [details(names, folded)] : []), ...confusionTables(record)]),
    ],
  }
}

interface Drawing {
  readonly drawn: Chart
  readonly how: Inline
}

function lineDrawing(record: RunRecord, kind: LineKind): readonly Drawing[] {
  const curves = record.evaluation.curves.filter((curve) => curve.kind === kind && curve.x.length > 1)
  if (!curves.some((curve) => curve.role === 'candidate')) return []
  const { how, ...look } = LOOKS[kind]
  const series = curves
    .filter((curve) => curve.role !== 'baseline' || kind === 'roc')
    .flatMap((curve) => toSeries(record, curve))
  // A baseline that knows nothing is the diagonal of a ROC curve.
  const diagonal = series.some((one) => one.tone === 'baseline') ? null : look.diagonal
  const level = kind === 'residual' ? { name: 'no error', value: 0 } : undefined
  return [{ drawn: { kind: 'lines', ...look, diagonal, series, level }, how }]
}

function toSeries(record: RunRecord, curve: Curve): readonly LineSeries[] {
  const { role: tone, x, y, low, high, other } = curve
  const name = modelName(record, tone)
  const series: LineSeries = { name, tone, x, y, low, high }
  return other === undefined ? [series] : [series, { name: `${name}, negatives`, tone, x, y: other, faint: true }]
}

function modelName(record: RunRecord, role: Curve['role']): string {
  if (role === 'candidate') return `candidate ${candidateName(record)}`
  return role === 'champion' ? `champion ${championName(record)}` : 'baseline'
}

interface Confusion {
  readonly name: string
  readonly tone: Curve['role']
  readonly classes: readonly string[]
  readonly cells: readonly (readonly number[])[]
}

/** `cells[truth][decided]` of candidate and champion. */
function confusions(record: RunRecord): readonly Confusion[] {
  return (['candidate', 'champion'] as const).flatMap((role): Confusion[] => {
    const curve = record.evaluation.curves.find((one) => one.kind === 'confusion' && one.role === role)
    if (curve === undefined || curve.rows === undefined) return []
    const size = Math.max(0, ...curve.x, ...curve.y) + 1
    const classes = curve.classes ?? Array.from({ length: size }, (_, code) => String(code))
    const cells = classes.map(() => classes.map(() => 0))
    curve.x.forEach((decided, index) => {
      const row = cells[curve.y[index] ?? -1]
      if (row && decided < row.length) row[decided] = curve.rows?.[index] ?? 0
    })
    return [{ name: modelName(record, role), tone: role, classes, cells }]
  })
}

/** Cells of more classes have no room for a second line. */
const CLASSES_WITH_SHARES = 6

function confusionDrawing(record: RunRecord): readonly Drawing[] {
  const panels = confusions(record)
  const [first] = panels
  if (first === undefined) return []
  const shares = first.classes.length <= CLASSES_WITH_SHARES
  const told = shares ? 'below the rows their share of the line' : 'the shade is their share of the line'
  const rows = record.evaluation.holdout.weight === undefined ? 'Rows' : 'Rows (sums of their weights)'
  const how = `${rows} of each true class (one line each) by what was decided; ${told}. The diagonal is right.`
  return [{ drawn: { kind: 'matrix', title: 'Confusion matrix', classes: first.classes, panels, shares }, how }]
}

/** The same as Markdown tables, for few classes; candidate with the champion in brackets. */
function confusionTables(record: RunRecord): readonly Block[] {
  const [mine, other] = confusions(record)
  if (mine === undefined || mine.tone !== 'candidate' || mine.classes.length > 8) return []
  const rows = mine.classes.map((name, truth): readonly Inline[] => [
    { kind: 'code', text: name },
    ...mine.classes.map((_, decided): Inline => {
      const before = other?.cells[truth]?.[decided]
      const brackets = before === undefined ? '' : ` (${formatNumber(before)})`
      return `${formatNumber(mine.cells[truth]?.[decided])}${brackets}`
    }),
  ])
  const columns = [
    { title: 'True class', align: 'left' as const },
    ...mine.classes.map((name) => ({ title: `decided ${name}`, align: 'right' as const })),
  ]
  const weighted = record.evaluation.holdout.weight === undefined ? '' : ', sums of weights'
  const brackets = `${other === undefined ? '' : `, in brackets of ${other.name}`}${weighted}`
  return [
    details(`Confusion matrix of ${mine.name}${brackets}`, [
      { kind: 'table', caption: 'Confusion matrix', columns, rows },
    ]),
  ]
}
