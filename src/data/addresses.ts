const isUrl = (source: string): boolean => /^https?:\/\//i.test(source)

/** Sources that are addresses, and those that are globs. */
export function addressesIn(sources: readonly string[]): { readonly urls: string[]; readonly globs: string[] } {
  return { urls: sources.filter(isUrl), globs: sources.filter((source) => !isUrl(source)) }
}
