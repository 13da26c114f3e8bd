import { BlockList, isIP } from 'node:net'

/** Addresses that only programs on the same machine reach; the unspecified one is told to a client as "this machine". */
const LOCAL = new BlockList()
LOCAL.addSubnet('127.0.0.0', 8, 'ipv4')
LOCAL.addAddress('::1', 'ipv6')

/** Whether only this machine reaches a host: `localhost`, `127.0.0.1`, `[::1]`. A name that has to be looked up is not. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (bare === 'localhost' || bare.endsWith('.localhost')) return true
  const version = isIP(bare)
  return version !== 0 && LOCAL.check(bare, version === 6 ? 'ipv6' : 'ipv4')
}

/** Whether a URL leads nowhere but to the machine that asks: loopback, or the address that means "any". */
export function leadsHere(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { hostname } = new URL(url)
  return isLoopback(hostname) || hostname === '0.0.0.0' || hostname === '[::]'
}
