import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { RefitError } from '../core/error.ts'
import type { Random } from '../core/random.ts'
import type { Task } from '../core/task.ts'
import type { Engine } from './engine.ts'

/** A dense layer's numbers; `kernel[i · units + j]` weighs input i of unit j. */
export interface DenseWeights {
  readonly inputs: number
  readonly units: number
  readonly kernel: Float32Array
  readonly bias: Float32Array
}

/** Hidden layers (ReLU) and the output layer (logits, or the standardised prediction), in order. */
export type Network = readonly DenseWeights[]

/**
 * A network with random hidden layers (He et al., 2015) and an output layer of zeros whose bias is `outputBias`: training
 * starts from the best constant prediction. Without hidden layers it is the linear model.
 */
export function createNetwork(
  width: number,
  hidden: readonly number[],
  outputBias: ArrayLike<number>,
  random: Random,
): Network {
  const layers: DenseWeights[] = []
  let inputs = width
  for (const units of hidden) {
    const deviation = Math.sqrt(2 / inputs)
    const kernel = Float32Array.from({ length: inputs * units }, () => random.normal() * deviation)
    layers.push({ inputs, units, kernel, bias: new Float32Array(units) })
    inputs = units
  }
  const units = outputBias.length
  layers.push({ inputs, units, kernel: new Float32Array(inputs * units), bias: Float32Array.from(outputBias) })
  return layers
}

/** Number of trainable parameters. */
export function parameterCount(network: Network): number {
  return network.reduce((sum, { kernel, bias }) => sum + kernel.length + bias.length, 0)
}

export function copyNetwork(network: Network): Network {
  return network.map((layer) => ({ ...layer, kernel: layer.kernel.slice(), bias: layer.bias.slice() }))
}

/** The parameters as one list, kernels and biases in turn: what an optimizer steps through. */
export function parametersOf(network: Network): Float32Array[] {
  return network.flatMap(({ kernel, bias }) => [kernel, bias])
}

/** The parameters as tensors, in the same order. The caller disposes of them. */
export function tensorsOf({ tf }: Engine, network: Network): Tensor[] {
  return network.flatMap(({ inputs, units, kernel, bias }) => [tf.tensor2d(kernel, [inputs, units]), tf.tensor1d(bias)])
}

/**
 * [rows, width] → logits [rows, outputs]. `masks`, one per hidden layer, multiply its activations: dropout.
 */
export function forward(
  engine: Engine,
  x: Tensor2D,
  parameters: readonly Tensor[],
  masks: readonly Tensor2D[] = [],
): Tensor2D {
  const { tf } = engine
  const last = parameters.length / 2 - 1
  let h = x
  for (let layer = 0; layer <= last; layer++) {
    const kernel = parameters[2 * layer] as Tensor2D
    const bias = parameters[2 * layer + 1] as Tensor1D
    h = dense(engine, h, kernel, bias, layer < last, layer > 0)
    const mask = masks[layer]
    if (mask !== undefined) h = tf.mul(h, mask)
  }
  return h
}

/**
 * A dense layer with a gradient of its own: the products of the standard one take transposed operands, for which the
 * WASM backend has only a slow path (measured: twice the time per epoch).
 * @param inputGradient Whether x is computed itself; the gradient of the data is of no use.
 */
function dense(
  { tf }: Engine,
  x: Tensor2D,
  kernel: Tensor2D,
  bias: Tensor1D,
  relu: boolean,
  inputGradient: boolean,
): Tensor2D {
  const layer = tf.customGrad((...args) => {
    const y = tf.fused.matMul({ a: x, b: kernel, bias, activation: relu ? 'relu' : 'linear' }) as Tensor2D
    const save = args.at(-1) as unknown as (tensors: Tensor[]) => void
    save([x, kernel, y])
    const gradFunc = (dy: Tensor2D, saved: Tensor2D[]): Tensor[] => {
      const [input, weights, output] = saved as [Tensor2D, Tensor2D, Tensor2D]
      const dz = relu ? tf.mul(dy, tf.step(output)) : dy
      const gradients = [tf.matMul(tf.transpose(input), dz), tf.sum(dz, 0)]
      return inputGradient ? [...gradients, tf.matMul(dz, tf.transpose(weights))] : gradients
    }
    return { value: y, gradFunc: gradFunc as never }
  })
  return (inputGradient ? layer(kernel, bias, x) : layer(kernel, bias)) as Tensor2D
}

/** The network as a LayersModel that predicts probabilities, or the standardised label. */
export function toLayersModel({ tf, layers }: Engine, network: Network, task: Task): LayersModel {
  const activation = task === 'binary' ? 'sigmoid' : task === 'multiclass' ? 'softmax' : 'linear'
  const model = layers.sequential({
    name: 'refit',
    layers: network.map(({ inputs, units }, index) => {
      const output = index === network.length - 1
      return layers.layers.dense({
        name: output ? 'output' : `hidden_${index + 1}`,
        units,
        activation: output ? activation : 'relu',
        // Loading overwrites them: nothing is gained by drawing random numbers first.
        kernelInitializer: 'zeros',
        ...(index === 0 ? { inputShape: [inputs] } : {}),
      })
    }),
  })
  const weights = network.flatMap(({ inputs, units, kernel, bias }) => [
    tf.tensor2d(kernel, [inputs, units]),
    tf.tensor1d(bias),
  ])
  model.setWeights(weights)
  tf.dispose(weights)
  return model
}

/**
 * The numbers of a model that `toLayersModel` made, read back from its layers.
 * @throws RefitError `artifact` where a layer is not a dense one.
 */
export function networkOf(model: LayersModel): Network {
  return model.layers.map((layer): DenseWeights => {
    const [kernel, bias] = layer.getWeights()
    if (kernel?.shape.length !== 2 || bias?.shape.length !== 1) {
      throw new RefitError('artifact', `the layer ${layer.name} is not a dense one: training cannot go on from it`)
    }
    return {
      inputs: kernel.shape[0] as number,
      units: kernel.shape[1] as number,
      kernel: kernel.dataSync<'float32'>().slice() as Float32Array,
      bias: bias.dataSync<'float32'>().slice() as Float32Array,
    }
  })
}
