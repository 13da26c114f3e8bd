import type { Section } from '../document.ts'
import type { RunRecord } from '../run-record.ts'
import { curvesSection } from './curves.ts'
import { dataSection } from './data.ts'
import { definitionsSection } from './definitions.ts'
import { driftSection } from './drift.ts'
import { fairnessSection } from './fairness.ts'
import { manifestSection } from './manifest-changes.ts'
import { metricsSection } from './metrics.ts'
import { reproduceSection } from './reproduce.ts'
import { rolloutSection } from './rollout-plan.ts'
import { slicesSection } from './slices.ts'
import { trainingSection } from './training.ts'
import { triggersSection } from './triggers.ts'
import { verdictSection } from './verdict.ts'

/** The sections of a pull request, in the order a reviewer reads them. */
export function pullRequestSections(record: RunRecord): readonly Section[] {
  return [
    verdictSection(record),
    metricsSection(record),
    triggersSection(record),
    manifestSection(record),
    dataSection(record),
    driftSection(record),
    slicesSection(record),
    fairnessSection(record),
    trainingSection(record),
    rolloutSection(record),
    reproduceSection(record),
    definitionsSection(record),
  ].filter((section) => section !== undefined)
}

/** The HTML report: the same, and the curves after the metrics. */
export function reportSections(record: RunRecord): readonly Section[] {
  const curves = curvesSection(record)
  const [verdict, metrics, ...others] = pullRequestSections(record)
  return [verdict, metrics, curves, ...others].filter((section) => section !== undefined)
}
