import type { Span } from '../syntax/span.ts'

/** A place in a source file: absolute offsets in UTF-16 code units. */
export interface Location {
  readonly file: string
  readonly span: Span
}
