// The widths are rustfmt's defaults (Configurations.md: max_width, chain_width, fn_call_width).
const MAX_WIDTH = 100
const CHAIN_WIDTH = 60
const CALL_WIDTH = 60

/** `self.locked().name(args)` as rustfmt lays it out, for a statement that is indented by `indent`; `end` is `;` or ''. Lines end with `\n`. */
export function lockedCall(
  indent: string,
  lock: string,
  call: string,
  args: readonly string[],
  end: string,
  object = 'self',
): string {
  const list = args.join(', ')
  const chain = `${object}.${lock}().${call}(${list})`
  const width = columns(indent)
  const fits = list.length <= CALL_WIDTH
  if (fits && chain.length <= CHAIN_WIDTH && width + chain.length + end.length <= MAX_WIDTH) return chain + end
  const unit = indent.includes('\t') ? '\t' : '    '
  const inner = width + 4 + call.length + list.length + 3 + end.length
  if (fits && inner <= MAX_WIDTH) return `${object}.${lock}()\n${indent}${unit}.${call}(${list})${end}`
  const lines = args.map((it) => `${indent}${unit}${unit}${it},\n`).join('')
  const oneChain = `${object}.${lock}().${call}(`
  if (oneChain.length <= CHAIN_WIDTH && args.length > 0) {
    const shallow = args.map((it) => `${indent}${unit}${it},\n`).join('')
    return `${oneChain}\n${shallow}${indent})${end}`
  }
  return `${object}.${lock}()\n${indent}${unit}.${call}(\n${lines}${indent}${unit})${end}`
}

/** `head(args)` on one line if it fits, else an argument a line. */
export function callText(indent: string, head: string, args: readonly string[]): string {
  const list = args.join(', ')
  if (list.length <= CALL_WIDTH && columns(indent) + head.length + list.length + 3 <= MAX_WIDTH) return `${head}(${list})`
  const unit = indent.includes('\t') ? '\t' : '    '
  return `${head}(\n${args.map((it) => `${indent}${unit}${it},\n`).join('')}${indent})`
}

/** `self.locked().name(args).map(…)`, with what the call goes through afterwards, as rustfmt lays it out. */
export function lockedChain(indent: string, links: readonly string[], before: string, after: string, end: string): string {
  const [first = '', second = '', ...rest] = links
  const chain = links.join('')
  const one = `${before}${chain}${after}${end}`
  if (chain.length <= CHAIN_WIDTH && columns(indent) + one.length <= MAX_WIDTH) return one
  const unit = indent.includes('\t') ? '\t' : '    '
  const wrapped = before.endsWith('(')
  const base = wrapped ? indent + unit : indent
  const lines = [`${first}${second}`, ...rest.map((it) => `${base}${unit}${it}`)].join('\n')
  return wrapped ? `${before}\n${base}${lines},\n${indent}${after}${end}` : `${before}${lines}${after}${end}`
}

/** `head(params) tail` on one line if it fits, else a parameter a line. `tail` starts with ` -> …` or is ''. */
export function signatureText(indent: string, head: string, params: readonly string[], tail: string): string {
  const one = `${head}(${params.join(', ')})${tail} {`
  if (columns(indent) + one.length <= MAX_WIDTH && !one.includes('\n')) return one
  const unit = indent.includes('\t') ? '\t' : '    '
  return `${head}(\n${params.map((it) => `${indent}${unit}${it},\n`).join('')}${indent})${tail} {`
}

/** A chain of calls that starts at `at` of `text` and is longer than rustfmt's `chain_width` goes over several lines. */
export function broken(text: string, at: number, chain: string): string {
  if (chain.length <= CHAIN_WIDTH || chain.includes('\n') || chain.includes('|') || !/^(?:self\.|[A-Z])/.test(chain)) return chain
  const start = text.lastIndexOf('\n', at - 1) + 1
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? ''
  const unit = indent.includes('\t') ? '\t' : '    '
  return chain.replaceAll(/\.(?=(?:store|load|swap|fetch_\w+|wrapping_\w+|max|min)\()/g, `\n${indent}${unit}.`)
}

/** Width of an indentation, tabs counting four. */
export function columns(indent: string): number {
  return [...indent].reduce((sum, char) => sum + (char === '\t' ? 4 : 1), 0)
}
