/** 4,096 registers: a standard error of 1.6 %, in 4 kB. */
const BITS = 12
const LEAST_BITS = 4
/** A register as a character: a rank is 61 at most, and so all fit into 6 bits. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** How many different texts a stream holds, in 2^bits bytes. */
export interface DistinctSketch {
  readonly registers: Readonly<Uint8Array>
  add(text: string): void
  /** Afterwards this is the sketch of both streams, exactly. Both have as many registers. */
  merge(other: DistinctSketch): void
  /** The very sketch that 2^bits registers would have made of the same stream; no more than there are. */
  fold(bits: number): DistinctSketch
  /** Standard error `distinctError(registers)`, 1.6 % by default. */
  estimate(): number
}

/**
 * HyperLogLog (Flajolet et al. 2007) with linear counting while registers are empty. Merging takes the larger register:
 * the sketch of two streams is the merge of their sketches, bit by bit.
 *
 * @param bits 4 to 12: 2^bits registers
 */
export function createDistinct(bits = BITS): DistinctSketch {
  return new HyperLogLog(new Uint8Array(2 ** bits))
}

/** Relative standard error, 1.04 / √registers. */
export const distinctError = (registers: number): number => 1.04 / Math.sqrt(registers)

/** A character a register, to be kept in JSON. */
export const formatDistinct = (sketch: DistinctSketch): string =>
  Array.from(sketch.registers, (rank) => ALPHABET[rank]).join('')

/** What `formatDistinct` made. Undefined for any other text. */
export function parseDistinct(text: string): DistinctSketch | undefined {
  const ranks = Array.from(text, (character) => ALPHABET.indexOf(character))
  const bits = Math.log2(ranks.length)
  const fits = Number.isInteger(bits) && bits >= LEAST_BITS && bits <= BITS
  return fits && ranks.every((rank) => rank >= 0 && rank <= 65 - bits)
    ? new HyperLogLog(Uint8Array.from(ranks))
    : undefined
}

class HyperLogLog implements DistinctSketch {
  readonly registers: Uint8Array
  readonly #bits: number

  constructor(registers: Uint8Array) {
    this.registers = registers
    this.#bits = Math.log2(registers.length)
  }

  add(text: string): void {
    const bits = this.#bits
    const [high, low] = hash(text)
    // Leading zeros of the bits that do not name the register.
    const rest = ((high << bits) | (low >>> (32 - bits))) >>> 0
    const rank = rest === 0 ? 33 + Math.clz32(low << bits) : 1 + Math.clz32(rest)
    this.#raise(high >>> (32 - bits), Math.min(rank, 65 - bits))
  }

  #raise(register: number, rank: number): void {
    if (rank > (this.registers[register] as number)) this.registers[register] = rank
  }

  merge(other: DistinctSketch): void {
    if (other.registers.length !== this.registers.length) throw new TypeError('only sketches of one size can be merged')
    other.registers.forEach((rank, register) => this.#raise(register, rank))
  }

  fold(bits: number): DistinctSketch {
    const dropped = this.#bits - bits
    if (dropped < 0) throw new TypeError('a sketch cannot get more registers')
    const folded = new HyperLogLog(new Uint8Array(2 ** bits))
    this.registers.forEach((rank, register) => {
      if (rank === 0) return
      // The dropped bits of the register’s number are the first ones of those whose zeros are counted.
      const rest = register & (2 ** dropped - 1)
      folded.#raise(register >>> dropped, rest === 0 ? dropped + rank : Math.clz32(rest) - (32 - dropped) + 1)
    })
    return folded
  }

  estimate(): number {
    const m = this.registers.length
    let sum = 0
    let empty = 0
    for (const rank of this.registers) {
      sum += 2 ** -rank
      if (rank === 0) empty++
    }
    const raw = ((0.7213 / (1 + 1.079 / m)) * m ** 2) / sum
    return raw <= 2.5 * m && empty > 0 ? m * Math.log(m / empty) : raw
  }
}

/** Two 32-bit FNV-1a hashes from different starts, each mixed to its last bit (the finaliser of MurmurHash3). */
function hash(text: string): readonly [number, number] {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x5bd1e995)
    b ^= b >>> 15
  }
  return [mix(a), mix(b ^ text.length)]
}

function mix(value: number): number {
  let h = value
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
