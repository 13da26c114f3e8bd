/** Kingma & Ba, 2015: the defaults of every framework. */
const BETA1 = 0.9
const BETA2 = 0.999
const EPSILON = 1e-7

export interface Adam {
  /** Moves the parameters, in place, against the gradients (same order, same lengths). */
  step(gradients: readonly Float32Array[], learningRate: number): void
}

/**
 * Adam on plain arrays. A table model has some thousand parameters: stepping through them here costs a tenth of the
 * dozens of tensor operations that TensorFlow.js' own optimizer runs per variable, and is the same on every engine.
 */
export function createAdam(parameters: readonly Float32Array[]): Adam {
  const first = parameters.map(({ length }) => new Float32Array(length))
  const second = parameters.map(({ length }) => new Float32Array(length))
  let steps = 0
  return {
    step(gradients, learningRate) {
      steps++
      const rate = (learningRate * Math.sqrt(1 - BETA2 ** steps)) / (1 - BETA1 ** steps)
      for (const [index, values] of parameters.entries()) {
        const gradient = gradients[index] as Float32Array
        const m = first[index] as Float32Array
        const v = second[index] as Float32Array
        for (let i = 0; i < values.length; i++) {
          const g = gradient[i] as number
          const mean = BETA1 * (m[i] as number) + (1 - BETA1) * g
          const square = BETA2 * (v[i] as number) + (1 - BETA2) * g * g
          m[i] = mean
          v[i] = square
          values[i] = (values[i] as number) - (rate * mean) / (Math.sqrt(square) + EPSILON)
        }
      }
    },
  }
}
