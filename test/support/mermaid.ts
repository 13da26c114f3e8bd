import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createContext, runInContext } from 'node:vm'

interface Mermaid {
  parse(source: string): Promise<{ readonly diagramType: string }>
}

let loaded: Mermaid | undefined

/**
 * The type of a diagram as Mermaid 11 itself reads it; throws where it does not. Mermaid wants a document only to
 * sanitise labels, which an empty one switches off; the grammar is the real one.
 */
export async function parseMermaid(source: string): Promise<string> {
  loaded ??= load()
  return (await loaded.parse(source)).diagramType
}

function load(): Mermaid {
  const document = { nodeType: 9, createElement: () => ({}) }
  const window = { document, addEventListener: () => undefined, Element: function () {}, Node: function () {} }
  const context = createContext({
    document,
    window,
    structuredClone,
    setTimeout,
    clearTimeout,
    URL,
    performance,
    console,
  })
  runInContext(readFileSync(createRequire(import.meta.url).resolve('@mermaid-js/tiny'), 'utf8'), context)
  return runInContext('globalThis.mermaid', context) as Mermaid
}
