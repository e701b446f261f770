/** Keywords that may be names as raw identifiers (Rust reference, "Keywords": strict and reserved ones, but for path segments). */
const KEYWORDS = new Set(
  `as async await become box break const continue do dyn else enum extern false final fn for gen if impl in let loop macro match mod
   move mut override priv pub ref return static struct trait true try type typeof unsafe unsized use virtual where while
   yield abstract`.split(/\s+/),
)

/** A name, which summaries have without `r#`, as it is written in code. */
export function spelled(name: string): string {
  return KEYWORDS.has(name) ? `r#${name}` : name
}
