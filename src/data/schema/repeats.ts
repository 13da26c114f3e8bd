/** Values that are remembered at most: about 60 MB of numbers. */
const MOST = 1 << 20

/** Finds values that occur again in a stream, in bounded memory. */
export interface Repeats {
  /** How many rows this one stands for where its value came before; 0 where it did not, or is not watched. */
  see(value: string | number): number
}

/**
 * Exact up to a million different values. Beyond, only values whose hash ends in ever more zeros are watched: a repeat that
 * is found then stands for 2, 4, 8 … of them.
 */
export function createRepeats(most = MOST): Repeats {
  const seen = new Set<string | number>()
  let every = 1
  return {
    see(value) {
      if (every > 1 && hashOf(value) % every !== 0) return 0
      if (seen.has(value)) return every
      seen.add(value)
      while (seen.size > most) {
        every *= 2
        for (const other of seen) if (hashOf(other) % every !== 0) seen.delete(other)
      }
      return 0
    },
  }
}

/** FNV-1a over UTF-16 code units, or over the words of a number, mixed to the last bit. */
function hashOf(value: string | number): number {
  let hash = 0x811c9dc5
  if (typeof value === 'string') {
    for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193)
  } else {
    words.setFloat64(0, value)
    hash = Math.imul(hash ^ words.getInt32(0), 0x01000193)
    hash = Math.imul(hash ^ words.getInt32(4), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

const words = new DataView(new ArrayBuffer(8))
