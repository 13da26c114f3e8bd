import type { ParsedModel } from './expand.ts'
import { groupingColumns, groupingParts } from './groupings.ts'
import type { Report } from './issues.ts'
import type { Path } from './places.ts'

/** Slices, protected columns and behaviour rules: what they name must be columns that a model may be held against. */
export function checkGroupings(model: ParsedModel, label: string, report: Report): void {
  const { fairness, slices, behaviour } = model.evaluate
  if (groupingColumns(fairness?.protected ?? []).includes(label)) {
    report(['evaluate', 'fairness', 'protected'], `the label "${label}" cannot be a protected column`)
  }
  if (groupingColumns(slices).includes(label)) {
    report(['evaluate', 'slices'], `the label "${label}" cannot be a slice`)
  }
  const lists = [
    { path: ['evaluate', 'slices'] as Path, groupings: slices },
    { path: ['evaluate', 'fairness', 'protected'] as Path, groupings: fairness?.protected ?? [] },
  ]
  for (const { path, groupings } of lists) {
    groupings.forEach((grouping, i) => {
      const parts = groupingParts(grouping)
      if (parts.length === 2 && parts[0]?.column === parts[1]?.column) {
        report([...path, i], `a cross of "${parts[0]?.column}" with itself says nothing`)
      }
      for (const { column, bands } of parts) {
        if (!Array.isArray(bands)) continue
        if (bands.some((edge, at) => at > 0 && edge <= (bands[at - 1] as number))) {
          report([...path, i], `the bands of "${column}" do not rise: ${bands.join(', ')}`)
        }
      }
    })
  }
  for (const kind of ['invariance', 'direction'] as const) {
    behaviour[kind].forEach(({ column }, i) => {
      if (column === label) report(['evaluate', 'behaviour', kind, i], `the label "${label}" is nothing a model reads`)
    })
  }
}
