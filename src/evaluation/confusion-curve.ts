import { outcomes } from './metrics/confusion.ts'
import { decisions } from './metrics/decisions.ts'
import type { Sample } from './sample.ts'
import type { Curve, Role } from './types.ts'

/** A matrix of more classes is no picture any more: the rarest share the last row and column. */
const MOST_CLASSES = 20

/** How often each true class (y) was decided as each class (x). Every cell is there, also those without rows. */
export function confusionCurve(role: Role, sample: Sample): Curve {
  const { labels, classNames, rows, weights } = sample
  // Of two classes, the decision is the last bit of the outcome.
  const decided = sample.task === 'binary' ? outcomes(sample).map((code) => code & 1) : decisions(sample)
  const { place, classes } = placesOf(labels, classNames)
  const cells = new Float64Array(classes.length * classes.length)
  for (let i = 0; i < rows; i++) {
    const truth = place[labels[i] as number] as number
    const cell = truth * classes.length + (place[decided[i] as number] as number)
    cells[cell] = (cells[cell] as number) + (weights === undefined ? 1 : (weights[i] as number))
  }
  return {
    kind: 'confusion',
    role,
    x: [...cells.keys()].map((cell) => cell % classes.length),
    y: [...cells.keys()].map((cell) => Math.floor(cell / classes.length)),
    rows: [...cells],
    classes,
  }
}

function placesOf(labels: Float64Array, classNames: readonly string[]) {
  const codes = classNames.map((_, code) => code)
  if (codes.length <= MOST_CLASSES) return { place: codes, classes: classNames }
  const counts = new Float64Array(codes.length)
  for (const label of labels) counts[label] = (counts[label] as number) + 1
  const shown = codes
    .toSorted((a, b) => (counts[b] as number) - (counts[a] as number))
    .slice(0, MOST_CLASSES - 1)
    .toSorted((a, b) => a - b)
  const others = codes.length - shown.length
  return {
    place: codes.map((code) => (shown.includes(code) ? shown.indexOf(code) : shown.length)),
    classes: [...shown.map((code) => classNames[code] as string), `other (${others.toLocaleString('en-US')} classes)`],
  }
}
