import type { AtomicField } from './atomic-plan.ts'
import { type AtomicWords, orderingOf } from './atomic-words.ts'

/** Methods that repeat a step until no other thread has come in between. */
export interface Loops {
  /** Fields with steps that are always taken. */
  readonly update: ReadonlySet<string>
  /** Fields with steps that are taken under a condition. */
  readonly attempt: ReadonlySet<string>
}

export const updateName = (field: string): string => `update_${field}`
export const attemptName = (field: string): string => `try_update_${field}`

/**
 * The loops in an impl of their own, '' if there are none. `fetch_update` would do the same, and is deprecated from Rust 1.99 on;
 * what stands for it there is not in Rust before 1.95.
 */
export function loopImpl(name: string, fields: ReadonlyMap<string, AtomicField>, loops: Loops, words: AtomicWords): string {
  const methods = [...fields].flatMap(([field, type]) => [
    ...(loops.update.has(field) ? [update(field, type, words)] : []),
    ...(loops.attempt.has(field) ? [attempt(field, type, words)] : []),
  ])
  if (methods.length === 0) return ''
  const body = methods.map((it) => it.replaceAll(/^(?=.)/gm, '    ')).join('\n\n')
  return `\n\nimpl ${name} {\n${body}\n}`
}

function update(name: string, field: AtomicField, words: AtomicWords): string {
  const { primitive } = field
  return [
    `/// Changes \`${name}\` in one atomic step, and gives the new value.`,
    ...head(`fn ${updateName(name)}(`, `impl Fn(${primitive}) -> ${primitive}`, primitive),
    ...loop(name, field, words, 'change', field.float ? `${field.float}::from_bits(new)` : 'new'),
  ].join('\n')
}

function attempt(name: string, field: AtomicField, words: AtomicWords): string {
  const { primitive } = field
  return [
    `/// Changes \`${name}\` in one atomic step if there is a change to make, and gives the value before it.`,
    ...head(`fn ${attemptName(name)}(`, `impl Fn(${primitive}) -> Option<${primitive}>`, `Option<${primitive}>`),
    ...loop(name, field, words, 'attempt', 'Some(old)'),
  ].join('\n')
}

/** As rustfmt lays it out inside an impl: 100 columns. */
function head(start: string, closure: string, result: string): string[] {
  const line = `${start}&self, change: ${closure}) -> ${result} {`
  if (line.length <= 96) return [line]
  return [start, '    &self,', `    change: ${closure},`, `) -> ${result} {`]
}

/** rustfmt's `fn_call_width`, and its `chain_width`. */
const CALL_WIDTH = 60

function loop(name: string, field: AtomicField, words: AtomicWords, kind: 'change' | 'attempt', result: string): string[] {
  const load = `self.${name}.load(${orderingOf(words, name, 'load')})`
  const old = field.float ? 'bits' : 'old'
  const changed = `change(old)${kind === 'attempt' ? '?' : ''}`
  const args = [old, 'new', orderingOf(words, name, 'change'), orderingOf(words, name, 'load')]
  const step =
    args.join(', ').length <= CALL_WIDTH
      ? ['        match self', `            .${name}`, `            .compare_exchange_weak(${args.join(', ')})`, '        {']
      : [`        match self.${name}.compare_exchange_weak(`, ...args.map((it) => `            ${it},`), '        ) {']
  const loaded = `    let mut ${old} = ${load};`
  const first =
    load.length <= CALL_WIDTH
      ? [loaded]
      : [`    let mut ${old} = self`, `        .${name}`, `        .load(${orderingOf(words, name, 'load')});`]
  return [
    ...first,
    '    loop {',
    ...(field.float ? [`        let old = ${field.float}::from_bits(bits);`] : []),
    `        let new = ${changed}${field.float ? '.to_bits()' : ''};`,
    ...step,
    `            Ok(_) => return ${result},`,
    `            Err(now) => ${old} = now,`,
    '        }',
    '    }',
    '}',
  ]
}
