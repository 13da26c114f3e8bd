import { count } from '../core/text.ts'
import { list, paragraph, type Block, type Section, type TableBlock } from './document.ts'

/** How a document is shortened: rows of tables first, then whole sections. */
export interface FitOptions {
  readonly render: (section: Section) => string
  /** At most `rows` rows, and a note of what was cut. */
  readonly cut: (block: TableBlock, rows: number) => readonly Block[]
  /** What is left of a section that has no room at all. */
  readonly drop: (section: Section) => Section
}

/** Rows a table keeps, step by step. */
const STEPS = [100, 40, 15, 6]
/** A section that matters more than this is never dropped. */
const KEEP = 9

/**
 * The sections as one text of at most `limit` characters. The least important section gives way first, and gives
 * everything it can before the next one loses a row. Every cut says so.
 */
export function fitSections(sections: readonly Section[], limit: number, options: FitOptions): string {
  const texts = sections.map(options.render)
  let size = texts.reduce((sum, text) => sum + text.length + 2, 0)
  const replace = (index: number, section: Section): void => {
    const text = options.render(section)
    size += text.length - (texts[index]?.length ?? 0)
    texts[index] = text
  }
  const order = sections
    .map((section, index) => ({ section, index }))
    .sort((a, b) => a.section.importance - b.section.importance)
  for (const rows of STEPS) {
    for (const { section, index } of order) {
      if (size <= limit) return texts.join('\n\n')
      replace(index, cutSection(section, rows, options))
    }
  }
  for (const { section, index } of order) {
    if (size <= limit) break
    if (section.importance < KEEP) replace(index, options.drop(section))
  }
  return texts.join('\n\n')
}

function cutSection(section: Section, rows: number, options: FitOptions): Section {
  return { ...section, blocks: section.blocks.flatMap((block) => cutBlock(block, rows, options)) }
}

function cutBlock(block: Block, rows: number, options: FitOptions): readonly Block[] {
  if (block.kind === 'table') return options.cut(block, rows)
  if (block.kind === 'details') {
    return [{ ...block, blocks: block.blocks.flatMap((inner) => cutBlock(inner, rows, options)) }]
  }
  if (block.kind === 'only') {
    return [{ ...block, blocks: block.blocks.flatMap((inner) => cutBlock(inner, rows, options)) }]
  }
  if (block.kind === 'definitions' && block.entries.length > rows) {
    const more = block.entries.length - rows
    return [
      { ...block, entries: block.entries.slice(0, rows) },
      paragraph(`And ${count(more, 'more entry', 'more entries')}.`),
    ]
  }
  if (block.kind === 'list' && block.items.length > rows) {
    const more = block.items.length - rows
    return [list(block.items.slice(0, rows)), paragraph(`And ${count(more, 'more entry', 'more entries')}.`)]
  }
  return [block]
}
