import { createHash } from 'node:crypto'
import type { EffectiveFile } from '../rollout/types.ts'

/** Who answers, and who computes the same for comparison only. */
export interface Route {
  readonly answer: 'stable' | 'candidate'
  readonly mirror: 'stable' | 'shadow' | null
  /** Whether a candidate is being compared: it is loaded, and its lease has not run out. */
  readonly live: boolean
}

/** What the effective file asks for now: an exposure whose lease has run out counts as none. */
export function isExpired(effective: EffectiveFile, now: number): boolean {
  return effective.expiresAt !== null && now >= Date.parse(effective.expiresAt)
}

/**
 * The route of one caller. Sticky: the same key goes to the same version during a rollout, and a caller of the
 * candidate at 5 % is one at 50 % as well. The rollout's id salts the hash, so that the next rollout starts with others.
 * At 100 % the old version is mirrored: it stays warm, and there is still something to compare with.
 */
export function routeOf(effective: EffectiveFile, { position }: Place, now: number, candidateLoaded: boolean): Route {
  const nobody: Route = { answer: 'stable', mirror: null, live: false }
  if (!candidateLoaded || isExpired(effective, now)) return nobody
  if (effective.mode === 'shadow') return { answer: 'stable', mirror: 'shadow', live: true }
  if (effective.mode !== 'canary') return nobody
  if (position >= effective.percent) return { answer: 'stable', mirror: null, live: true }
  return { answer: 'candidate', mirror: effective.percent >= 100 ? 'stable' : null, live: true }
}

/** Where a key's hash has put its caller. */
export interface Place {
  /** In [0, 100): who lies below the percentage is the candidate's. */
  readonly position: number
  /** In [0, 2^48), from other bits of the hash: which callers are in a sample does not depend on their arm. */
  readonly sample: number
}

export function placeOf(key: string, salt: string): Place {
  const hash = createHash('sha256').update(salt).update('\0').update(key).digest()
  return { position: (hash.readUInt32BE(0) / 0x1_0000_0000) * 100, sample: hash.readUIntBE(4, 6) }
}
