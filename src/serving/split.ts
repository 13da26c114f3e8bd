import { createHash } from 'node:crypto'
import type { EffectiveFile } from '../rollout/types.ts'

/** Who answers, and who computes the same for comparison only. */
export interface Route {
  readonly answer: 'stable' | 'candidate'
  readonly mirror: 'stable' | 'shadow' | null
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
export function routeOf(effective: EffectiveFile, key: string, now: number, candidateLoaded: boolean): Route {
  if (!candidateLoaded || isExpired(effective, now)) return { answer: 'stable', mirror: null }
  if (effective.mode === 'shadow') return { answer: 'stable', mirror: 'shadow' }
  if (effective.mode !== 'canary') return { answer: 'stable', mirror: null }
  if (position(key, effective.rolloutId ?? '') >= effective.percent) return { answer: 'stable', mirror: null }
  return { answer: 'candidate', mirror: effective.percent >= 100 ? 'stable' : null }
}

/** A key's place in [0, 100). */
export function position(key: string, salt: string): number {
  const hash = createHash('sha256').update(salt).update('\0').update(key).digest()
  return (hash.readUInt32BE(0) / 0x1_0000_0000) * 100
}
