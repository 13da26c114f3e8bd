import type { DotChart, IntervalRow, Tone } from '../document.ts'

/** Drawings that fill one line of a list; the words and numbers stand beside them as text. */

const at = (value: number): string => String(Math.round(value * 100) / 100)

/** One bar that fills its box from the left; the number stands beside it in the page. */
export function barSvg(value: number, max: number, tone: string): string {
  const width = max > 0 ? Math.max(0.4, Math.min(100, (value / max) * 100)) : 0
  return `<svg class="bar ${tone}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="track" width="100" height="10"/><rect class="fill" width="${at(width)}" height="10"/></svg>`
}

/** How far a row goes from zero. */
export const reach = (row: IntervalRow): number => Math.max(Math.abs(row.low), Math.abs(row.high), row.margin)

/** One interval around zero, right is better; drawn to its own scale, or to a common one. */
export function intervalSvg(row: IntervalRow, common?: number): string {
  const sign = row.direction === 'higher' ? 1 : -1
  const scale = (common ?? reach(row)) * 1.08 || 1
  const x = (value: number): string => at(100 + (Math.max(-scale, Math.min(scale, value)) / scale) * 98)
  const [low, high] = [row.low * sign, row.high * sign].sort((a, b) => a - b)
  const line = (x1: string, x2: string, y1: number, y2: number, kind: string): string =>
    `<line class="${kind}" x1="${x1}" x2="${x2}" y1="${y1}" y2="${y2}"/>`
  const margin = row.margin > 0 ? line(x(-row.margin), x(-row.margin), 1, 19, 'margin') : ''
  const dot = x(row.value * sign)
  return `<svg class="interval ${row.status}" viewBox="0 0 200 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">${line('100', '100', 0, 20, 'zero')}${margin}${line(x(low ?? 0), x(high ?? 0), 10, 10, 'span')}${line(dot, dot, 10, 10, 'dot')}</svg>`
}

/** Candidate: a dot, champion: a bar, so that they differ by more than colour; with their intervals, on [from, to]. */
export function dotsSvg(
  row: DotChart['rows'][number],
  from: number,
  to: number,
  reference: number | undefined,
): string {
  const x = (value: number): string => at(3 + ((Math.max(from, Math.min(to, value)) - from) / (to - from || 1)) * 194)
  const line = (x1: string, x2: string, y1: number, y2: number, kind: string): string =>
    `<line class="${kind}" x1="${x1}" x2="${x2}" y1="${y1}" y2="${y2}"/>`
  const level: Readonly<Record<Tone, number>> = {
    champion: 15,
    baseline: 15,
    candidate: row.points.length > 1 ? 7 : 10,
  }
  const order: readonly Tone[] = ['baseline', 'champion', 'candidate']
  const points = [...row.points].sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone))
  const marks = points.map(({ tone, value, low, high }) => {
    const y = level[tone]
    const span = low === undefined || high === undefined ? '' : line(x(low), x(high), y, y, `span ${tone}`)
    const mark =
      tone === 'candidate'
        ? line(x(value), x(value), y, y, `dot ${tone}`)
        : line(x(value), x(value), y - 4, y + 4, `tick ${tone}`)
    return span + mark
  })
  const rail = line('0', '200', 10, 10, 'rail')
  const zero = reference === undefined ? '' : line(x(reference), x(reference), 0, 20, 'margin')
  return `<svg class="dots" viewBox="0 0 200 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">${rail}${zero}${marks.join('')}</svg>`
}
