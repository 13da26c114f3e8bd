import { ascendingOrder, descendingOrder } from '../../stats/order.ts'

const known = new WeakMap<Float64Array, Uint32Array>()

/** Rows by falling score. Metrics, tests and charts of a model ask for the same: it is sorted once for as long as the scores live. */
export function rankOrder(scores: Float64Array): Uint32Array {
  const seen = known.get(scores)
  if (seen !== undefined) return seen
  const order = descendingOrder(scores)
  known.set(scores, order)
  return order
}

const rising = new WeakMap<Float64Array, Uint32Array>()

/** Rows by rising score, as charts and distributions ask for; sorted once as well. */
export function riseOrder(scores: Float64Array): Uint32Array {
  const seen = rising.get(scores)
  if (seen !== undefined) return seen
  const order = ascendingOrder(scores)
  rising.set(scores, order)
  return order
}
