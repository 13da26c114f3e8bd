import { parseDuration } from '../core/clock.ts'
import { RefitError } from '../core/error.ts'

export function time(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined
  const at = Date.parse(text)
  if (!Number.isNaN(at)) return at
  throw new RefitError('usage', `${option} is “${text}”, which is no time`, {
    hint: 'Write it as ISO 8601, for example 2026-03-01 or 2026-03-01T06:00:00Z.',
  })
}

export function duration(text: string, option: string): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms <= 0)
    throw new RefitError('usage', `${option} is “${text}”, which is no duration`, {
      hint: 'Write a number and a unit, for example 10s or 5m.',
    })
  return ms
}

export function wholeNumber(text: string, option: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0)
    throw new RefitError('usage', `${option} is “${text}”, which is no whole number`)
  return value
}
