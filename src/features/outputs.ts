import type { InputSpec } from './types.ts'

/** Names of the matrix columns, in order. `createTransform` writes them in exactly this order. */
export function outputNames(inputs: readonly InputSpec[]): string[] {
  return inputs.flatMap((input) => {
    const { column } = input
    switch (input.kind) {
      case 'number':
        return [column, ...binNames(column, input.knots), ...(input.missingIndicator ? [`${column} is missing`] : [])]
      case 'category':
        return [
          ...input.categories.map((category) => `${column}=${category}`),
          ...(input.rare.length > 0 ? [`${column}=(rare)`] : []),
          ...(input.missingIndicator ? [`${column} is missing`] : []),
        ]
      case 'time':
        return input.parts.flatMap((part) => [`${column} ${part} (sin)`, `${column} ${part} (cos)`])
    }
  })
}

function binNames(column: string, knots: readonly number[] = []): string[] {
  return knots.slice(1).map((high, bin) => `${column} ${knots[bin]}…${high}`)
}
