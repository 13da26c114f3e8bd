import type { Task } from '../core/task.ts'

/**
 * The loss of n rows and, where `gradient` is given, its derivative by each logit (row-major, n × outputs).
 *
 * - binary: −log P(label), P(1) = 1 / (1 + e^−z) · one output
 * - multiclass: −log P(label), P = softmax(z) · one output per class
 * - regression: (z − label)² with a standardised label · one output
 *
 * @returns Σ wᵢ · lossᵢ. Gradients are of Σ wᵢ · lossᵢ / Σ wᵢ, the mean that a step descends.
 * @example lossOf('binary', Float32Array.of(0), Float64Array.of(1)) // ln 2 = 0.6931471805599453
 */
export function lossOf(
  task: Task,
  logits: Float32Array,
  labels: Float64Array,
  weights?: Float64Array,
  gradient?: Float32Array,
): number {
  const n = labels.length
  const outputs = logits.length / n
  const total = weights === undefined ? n : weights.reduce((sum, weight) => sum + weight, 0)
  let loss = 0
  for (let i = 0; i < n; i++) {
    const weight = weights === undefined ? 1 : (weights[i] as number)
    const label = labels[i] as number
    if (task === 'multiclass') {
      loss += weight * softmaxLoss(logits, i * outputs, outputs, label, weight / total, gradient)
      continue
    }
    const z = logits[i] as number
    if (task === 'binary') {
      // ln(1 + e^z) − label · z, without overflow on either side.
      loss += weight * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - label * z)
      if (gradient !== undefined) gradient[i] = ((1 / (1 + Math.exp(-z)) - label) * weight) / total
    } else {
      loss += weight * (z - label) ** 2
      if (gradient !== undefined) gradient[i] = (2 * (z - label) * weight) / total
    }
  }
  return loss
}

function softmaxLoss(
  logits: Float32Array,
  first: number,
  outputs: number,
  label: number,
  scale: number,
  gradient: Float32Array | undefined,
): number {
  let largest = -Infinity
  for (let c = 0; c < outputs; c++) largest = Math.max(largest, logits[first + c] as number)
  let sum = 0
  for (let c = 0; c < outputs; c++) sum += Math.exp((logits[first + c] as number) - largest)
  if (gradient !== undefined) {
    for (let c = 0; c < outputs; c++) {
      const p = Math.exp((logits[first + c] as number) - largest) / sum
      gradient[first + c] = (p - (c === label ? 1 : 0)) * scale
    }
  }
  return largest + Math.log(sum) - (logits[first + label] as number)
}
