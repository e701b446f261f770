import { afterGroup } from '../../suites/source-text.ts'
import type { TextCrate } from './source.ts'
import { commaParts, itemsIn, leadingAttributes, type TextAttribute } from './text.ts'

/** A function of an `impl` block. */
export interface TextMethod {
  readonly name: string
  readonly attributes: readonly TextAttribute[]
  readonly isAsync: boolean
  /** Parameters as written, the receiver first. */
  readonly params: readonly string[]
  /** From the arrow on, where clause included; empty without. */
  readonly returns: string
  readonly body: string
  /** Whether the receiver is an exclusive borrow: `&mut self`, `slf: PyRefMut<…>`, `slf: PyClassGuardMut<…>`. */
  readonly exclusive: boolean
}

/** An `impl` block. */
export interface TextImpl {
  readonly file: string
  /** Last segment of the type's path. */
  readonly type: string
  /** Last segment of the trait's path; null for an inherent block. */
  readonly trait: string | null
  readonly pymethods: boolean
  readonly attributes: readonly TextAttribute[]
  /** Macro that writes it. */
  readonly macro: string | null
  readonly methods: readonly TextMethod[]
}

const HEAD = /(?:#\s*\[[^\]]*\]\s*)*\bimpl\b/g

/** All `impl` blocks of a crate, those in macro definitions included. */
export function implsOf(crate: TextCrate): readonly TextImpl[] {
  return crate.files.flatMap(({ file, text, call }) =>
    [...text.matchAll(HEAD)].flatMap((match): TextImpl[] => {
      const start = attributesStart(text, match.index)
      const { attributes, rest } = leadingAttributes(text.slice(start, match.index + match[0].length))
      if (!/^[\s\w]*\bimpl$/.test(rest) || !startsItem(text, start)) return []
      const open = text.indexOf('{', match.index + match[0].length)
      const header = text.slice(match.index + match[0].length, open)
      if (open < 0 || /[;(=]\s*$|;/.test(header)) return []
      const names = headerNames(header)
      if (!names) return []
      return [
        {
          file,
          ...names,
          attributes,
          pymethods: attributes.some((it) => it.name === 'pymethods'),
          macro: call?.macro ?? null,
          methods: methodsOf(text.slice(open + 1, afterGroup(text, open) - 1), names.type),
        },
      ]
    }),
  )
}

/** Whether what stands before an offset ends an item or begins a block; `-> impl Trait` is no block. */
function startsItem(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 60), at).trimEnd()
  return before === '' || /[};{\]>(*]$|\bunsafe$|\bdefault$/.test(before) === !/->$/.test(before)
}

/** Where the attributes begin that stand before an offset; brackets in them may nest. */
function attributesStart(text: string, at: number): number {
  let start = at
  for (;;) {
    const before = text.slice(0, start).trimEnd()
    if (!before.endsWith(']')) return start
    const open = openingOf(before, before.length - 1)
    const hash = before.slice(0, open).trimEnd()
    if (open < 0 || !hash.endsWith('#')) return start
    start = hash.length - 1
  }
}

function openingOf(text: string, close: number): number {
  let depth = 0
  for (let at = close; at >= 0; at--) {
    const character = text.charAt(at)
    if (')]}'.includes(character)) depth++
    else if ('([{'.includes(character) && --depth === 0) return at
  }
  return -1
}

function headerNames(header: string): { type: string; trait: string | null } | null {
  const plain = withoutAngles(header).replace(/\bwhere\b[\s\S]*/, '')
  const [first = '', second] = plain.split(/\bfor\b/)
  const last = (path: string): string => /(\$?\w+)\s*$/.exec(path.trim())?.[1] ?? ''
  const type = last(second ?? first)
  return type === '' ? null : { type, trait: second === undefined ? null : last(first) }
}

/** Text without what stands in angle brackets. */
export function withoutAngles(text: string): string {
  let depth = 0
  let kept = ''
  for (const character of text) {
    if (character === '<') depth++
    else if (character === '>') depth--
    else if (depth === 0) kept += character
  }
  return kept
}

function methodsOf(block: string, type: string): readonly TextMethod[] {
  return itemsIn(block).flatMap(({ head, body }): TextMethod[] => {
    const { attributes, rest } = leadingAttributes(head)
    const found = /\bfn\s+(\$?\w+)/.exec(rest)
    if (!found) return []
    const open = rest.indexOf('(', found.index + found[0].length)
    if (open < 0) return []
    const end = afterGroup(rest, open)
    const params = commaParts(rest.slice(open + 1, end - 1))
    const free = attributes.some((it) => it.name === 'staticmethod' || it.name === 'classmethod')
    return [
      {
        name: found[1] ?? '',
        attributes,
        isAsync: /\basync\b/.test(rest.slice(0, found.index)),
        params,
        returns: rest.slice(end).trim(),
        body,
        exclusive: !free && isExclusive(params[0] ?? '', type),
      },
    ]
  })
}

function isExclusive(param: string, type: string): boolean {
  const plain = leadingAttributes(param).rest.trim()
  if (/^&\s*(?:'\w+\s+)?mut\s+self\b/.test(plain)) return true
  const typed = /^(?:mut\s+)?\w+\s*:\s*([\s\S]*)$/.exec(plain)?.[1] ?? ''
  const own = `(?:Self|${type.replace('$', '\\$')})`
  return new RegExp(
    `^(?:&\\s*(?:'\\w+\\s+)?(?:mut\\s+)?)?(?:\\w+\\s*::\\s*)*(?:PyRefMut|PyClassGuardMut)\\s*<\\s*(?:'\\w+\\s*,\\s*)?${own}\\b`,
  ).test(typed)
}
