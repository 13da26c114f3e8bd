import { isLoopback } from '../core/address.ts'
import { RefitError } from '../core/error.ts'

/** What an HTTP header can carry: visible ASCII, and nothing at the ends that would be trimmed. */
const SENDABLE = /^[\x21-\x7e]+( +[\x21-\x7e]+)*$/

/**
 * The token as it was given; undefined where none was.
 * @throws RefitError `usage` for one that is empty, which protects nothing, or that no header can carry
 */
export function usableToken(token: string | undefined): string | undefined {
  if (token === undefined || SENDABLE.test(token)) return token
  const empty = token.trim() === ''
  const words = empty ? 'is set and empty' : 'has white space at an end, or characters that no header can carry'
  throw new RefitError('usage', `REFIT_GATEWAY_TOKEN ${words}`, {
    hint: empty
      ? 'Give it a secret, or unset it where nobody but this machine reaches the gateway.'
      : 'Set it to letters, digits and punctuation, without a line end.',
  })
}

/** RefitError `usage` where other machines reach an address that no token protects. */
export function refuseOpenAddress(host: string, token: string | undefined): void {
  if (token !== undefined || isLoopback(host)) return
  throw new RefitError(
    'usage',
    `other machines reach ${host === '' ? 'every address' : host}, and no token protects evidence and outcomes there`,
    {
      hint: 'Set REFIT_GATEWAY_TOKEN to a secret that the rollout and whoever sends outcomes share, or listen on 127.0.0.1.',
    },
  )
}
