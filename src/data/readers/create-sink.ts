import type { ColumnKind } from '../table.ts'
import { CategorySink } from './category-sink.ts'
import { NumericSink } from './numeric-sink.ts'
import type { Sink, SinkOptions } from './sink.ts'

export function createSink(name: string, kind: ColumnKind, options: SinkOptions): Sink {
  return kind === 'category' ? new CategorySink(name, options) : new NumericSink(name, kind, options)
}
