/** Half-open range of UTF-16 code units. Says of itself whether it is absolute (in the file) or relative (to its item). */
export interface Span {
  readonly start: number
  readonly end: number
}

/** `span` moved by `by` code units. */
export function shift(span: Span, by: number): Span {
  return { start: span.start + by, end: span.end + by }
}

/** Whether `outer` holds all of `inner`. */
export function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end
}
