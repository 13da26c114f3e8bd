import type { Curve } from '../../evaluation/types.ts'
import { chart, paragraph, type Block, type LineSeries, type Section } from '../document.ts'
import { candidateName, championName } from '../record-view.ts'
import type { RunRecord } from '../run-record.ts'

const KINDS: Readonly<
  Partial<Record<Curve['kind'], { title: string; x: string; y: string; diagonal: string | null; how: string }>>
> = {
  roc: {
    title: 'ROC curve',
    x: 'false positive rate',
    y: 'true positive rate',
    diagonal: 'chance',
    how: 'How many positives are found at each share of false alarms. Further up and left is better.',
  },
  calibration: {
    title: 'Calibration',
    x: 'predicted probability',
    y: 'observed share',
    diagonal: 'perfect',
    how: 'Whether a predicted 70 % happens 70 % of the time. On the dashed line is better.',
  },
  deciles: {
    title: 'Predicted against true, by decile',
    x: 'mean prediction',
    y: 'mean truth',
    diagonal: 'perfect',
    how: 'The mean truth in each tenth of the rows, ordered by prediction. On the dashed line is better.',
  },
}

/** Candidate, champion and baseline in the same axes. For the HTML report: Mermaid has no such charts. */
export function curvesSection(record: RunRecord): Section | undefined {
  const { curves } = record.evaluation
  const kinds = [...new Set(curves.map((curve) => curve.kind))]
  if (kinds.length === 0) return undefined
  const blocks = kinds.flatMap((kind): Block[] => {
    const drawn = KINDS[kind]
    if (drawn === undefined) return []
    const { how, ...axes } = drawn
    const series = curves.filter((curve) => curve.kind === kind).map((curve) => toSeries(record, curve))
    // A baseline that knows nothing is the diagonal of a ROC curve.
    const diagonal = kind === 'roc' && series.some((one) => one.tone === 'baseline') ? null : axes.diagonal
    return [chart({ kind: 'lines', ...axes, diagonal, unit: kind !== 'deciles', series }), paragraph(how)]
  })
  return { id: 'curves', title: 'Curves', importance: 4, blocks }
}

function toSeries(record: RunRecord, curve: Curve): LineSeries {
  const names = {
    candidate: `candidate ${candidateName(record)}`,
    champion: `champion ${championName(record)}`,
    baseline: 'baseline',
  }
  return { name: names[curve.role], tone: curve.role, x: curve.x, y: curve.y }
}
