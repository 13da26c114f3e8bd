import type { Section } from '../document.ts'
import type { RunRecord } from '../run-record.ts'
import { behaviourSection } from './behaviour.ts'
import { certaintySection } from './certainty.ts'
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

/** The sections of a pull request and of the page, in the order a reviewer reads: the answer, its proof, then the rest. */
export function reportSections(record: RunRecord): readonly Section[] {
  const sections = [
    verdictSection(record),
    metricsSection(record),
    curvesSection(record),
    certaintySection(record),
    slicesSection(record),
    fairnessSection(record),
    behaviourSection(record),
    triggersSection(record),
    manifestSection(record),
    dataSection(record),
    driftSection(record),
    trainingSection(record),
    rolloutSection(record),
    reproduceSection(record),
  ].filter((section) => section !== undefined)
  return [...sections, definitionsSection(record, sections)]
}
