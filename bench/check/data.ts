import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { createRandom, type Random } from '../../src/core/random.ts'

export const NUMBERS = 14
export const CATEGORIES = 6
export const FEATURES: readonly string[] = [
  ...Array.from({ length: NUMBERS }, (_, i) => `number_${i}`),
  ...Array.from({ length: CATEGORIES }, (_, i) => `category_${i}`),
]
/** Different values of the category columns. */
const SIZES = [50, 2, 3, 5, 8, 12]

/**
 * A CSV of 14 numbers (integers, money, skewed and normal ones), 6 categories (one of 50 values), 2 % missing in half
 * of the columns, and a label. The same seed gives the same bytes.
 *
 * @param labelled without labels the label's fields are empty, as they are for rows that are too young to have one
 */
export async function writeData(path: string, rows: number, seed: number, labelled: boolean): Promise<void> {
  const random = createRandom(seed)
  const out = createWriteStream(path)
  out.write(`${[...FEATURES, 'label'].join(',')}\n`)
  let block: string[] = []
  for (let row = 0; row < rows; row++) {
    block.push(line(random, labelled))
    if (block.length < 2000 && row < rows - 1) continue
    if (!out.write(`${block.join('\n')}\n`)) await once(out, 'drain')
    block = []
  }
  out.end()
  await once(out, 'finish')
}

function line(random: Random, labelled: boolean): string {
  const fields: string[] = []
  let signal = 0
  for (let i = 0; i < NUMBERS; i++) {
    const normal = random.normal()
    signal += i < 4 ? normal : 0
    const gone = i % 2 === 1 && random.next() < 0.02
    fields.push(gone ? '' : number(i, normal))
  }
  for (let i = 0; i < CATEGORIES; i++) {
    const value = Math.floor((SIZES[i] as number) * random.next() ** 1.5)
    signal += i === 2 ? value : 0
    fields.push(i % 2 === 1 && random.next() < 0.02 ? '' : `value ${value}`)
  }
  const churned = random.next() < 1 / (1 + Math.exp(-(signal - 1)))
  fields.push(labelled ? (churned ? 'yes' : 'no') : '')
  return fields.join(',')
}

function number(column: number, normal: number): string {
  if (column % 4 === 0) return String(Math.round(40 + 12 * normal))
  if (column % 4 === 1) return Math.exp(4 + normal).toFixed(2)
  return column % 4 === 2 ? normal.toFixed(6) : (1000 + 300 * normal).toFixed(3)
}
