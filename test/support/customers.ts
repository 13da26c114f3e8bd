import { createRandom } from '../../src/core/random.ts'

/**
 * Customers of one month as CSV: two numbers, a category and a time; `churned` follows from them. `shift` moves the
 * usage of everybody, and with it the rule by which they leave.
 */
export function customersCsv(options: {
  readonly seed: number
  readonly rows: number
  readonly month: string
  readonly shift?: number
}): string {
  const { seed, rows, month, shift = 0 } = options
  const random = createRandom(seed)
  const lines = ['customer_id,month_end,usage,tickets,plan,churned']
  for (let i = 0; i < rows; i++) {
    const day = 1 + random.below(28)
    const usage = random.normal() * 2 + 10 + shift
    const tickets = random.below(5)
    const plan = ['basic', 'plus', 'pro'][random.below(3)] as string
    const logit = (shift === 0 ? 1 : -1) * 1.2 * (10 + shift - usage) + 0.5 * tickets - 1.5 + (plan === 'pro' ? -1 : 0)
    const churned = random.next() < 1 / (1 + Math.exp(-logit)) ? 'yes' : 'no'
    lines.push(
      `c${seed}-${i},${month}-${String(day).padStart(2, '0')}T${String(random.below(24)).padStart(2, '0')}:00:00Z,${usage.toFixed(3)},${tickets},${plan},${churned}`,
    )
  }
  return `${lines.join('\n')}\n`
}

export const CUSTOMER_CONFIG = `models:
  churn:
    data: {source: data/*.csv, label: churned, time: month_end, id: customer_id}
    train: {model: linear, epochs: 15}
`
