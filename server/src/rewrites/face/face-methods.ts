import { effectiveMetas } from '../../model/attributes.ts'
import { indentationAt, type TextEdit } from '../../syntax/edits.ts'
import { conditionText } from '../class-attributes.ts'
import type { ClassSource, ImplSource, MethodSource } from '../class-source.ts'
import { type Problem, placeText } from '../problems.ts'
import { fieldReach } from '../python-free.ts'
import { spelled } from '../raw-names.ts'
import { callText, lockedCall, lockedChain, signatureText } from '../rust-format.ts'
import { isShadowed } from '../wrapper.ts'
import { attributeCuts, partedLead } from './face-attributes.ts'
import type { FaceNames } from './face-names.ts'
import { type FaceSignature, faceSignature } from './face-signature.ts'

/** How a method of the face gets at the data. */
export type Access = 'none' | 'locked' | 'copied' | 'replaced'

/** A method of the face, and what changes on the data's. */
export interface FaceMethod {
  /** Docs, attributes and the whole function, every line indented. */
  readonly text: string
  readonly edits: readonly TextEdit[]
  readonly copies: boolean
  /** How it does get at the data. */
  readonly access: Access
}

/** The face's method for one of the class's `#[pymethods]`: it hands on to the body, which stays where it is. */
export function faceMethod(
  source: ClassSource,
  method: MethodSource,
  face: string,
  names: FaceNames,
  access: Access,
): FaceMethod | Problem {
  const { impl } = method
  const at = placeText(source.view.db, impl.file, method.nameAt.start)
  const lead = partedLead(impl.text, method.start, method.headStart, method.fn.attrs, impl.self)
  if ('reason' in lead) return { ...lead, detail: `${at}: ${lead.detail}` }
  // `from_py_with = "Self::parse"`: a path in a string.
  if ([...lead.lines, ...paramAttributes(method)].some((it) => /^#\[(?!doc)[\s\S]*"Self::/.test(it)))
    return { reason: 'attribute', detail: `${at}: an attribute of \`${method.name}\` has a path in a string` }
  const isNew = lead.lines.some((it) => /^#\[\s*new\s*\]$/.test(it))
  const signature = faceSignature(source, method, face, isNew)
  if ('reason' in signature) return signature
  const indent = indentationAt(impl.text, method.headStart)
  const inside = indent + (indent.includes('\t') ? '\t' : '    ')
  const params = [...(method.self === 'none' ? [] : ['&self']), ...signature.params]
  const head = signatureText(indent, signature.head, params, signature.tail)
  const way = signature.converted ? 'copied' : access
  const body = bodyText(source, method, signature, names, way, inside)
  const lines = [...lead.lines, `${head}\n${inside}${body}\n${indent}}`]
  const paramAttrs = method.fn.params.flatMap((it) =>
    it.attrs.map(({ span }) => ({ start: method.start + span.start, end: method.start + span.end })),
  )
  return {
    text: lines.map((it) => indent + it).join('\n'),
    edits: [...lead.cuts, ...attributeCuts(impl.text, paramAttrs)],
    copies: signature.copies,
    access: way,
  }
}

function paramAttributes({ impl, start, fn }: MethodSource): string[] {
  return fn.params.flatMap((it) => it.attrs.map(({ span }) => impl.text.slice(start + span.start, start + span.end)))
}

function bodyText(
  source: ClassSource,
  method: MethodSource,
  signature: FaceSignature,
  { locked }: FaceNames,
  access: Access,
  indent: string,
): string {
  const { impl, fn } = method
  const name = spelled(method.name)
  const { args, owned, made } = signature
  const end = fn.ret ? '' : ';'
  const path = `${impl.self}::${name}`
  if (access === 'none') {
    const call = callText(indent, path, args)
    if (made === null) return call + end
    return made.before === '' ? lockedChain(indent, [call, '', made.after], '', '', '') : `${made.before}${call}${made.after}`
  }
  if (access === 'copied') {
    const own = ['own', 'copy'].find((it) => !args.includes(it)) ?? 'copied'
    const copy = `let ${own} = Clone::clone(&*self.${locked}());`
    const call = callText(indent, path, [`&${own}`, ...args])
    if (signature.converted) {
      const { token, fallible } = signature.converted
      return `${copy}\n${indent}let result = ${call}${fallible ? '?' : ''};\n${indent}pyo3::IntoPyObjectExt::into_py_any(result, ${token})`
    }
    const whole = owned ? lockedChain(indent, [call, '', ...owned.steps], owned.before, owned.after, end) : call + end
    return `${copy}\n${indent}${whole}`
  }
  if (access === 'replaced') return replacedBody(source, method, args, locked, indent)
  // The guard may have a method of that name itself, by a trait that is implemented for all types.
  const byPath = isShadowed(source, method.name)
  const whole = callText(indent, path, [`${method.self === 'mut' ? '&mut ' : '&'}self.${locked}()`, ...args])
  const links = byPath ? [whole] : ['self', `.${locked}()`, `.${name}(${args.join(', ')})`]
  if (owned) return lockedChain(indent, [...links, ...owned.steps], owned.before, owned.after, end)
  return byPath ? whole + end : lockedCall(indent, locked, name, args, end)
}

/** The body works on a value of its own, which then takes the object's place; the old one is dropped when the lock is free again. */
function replacedBody(
  source: ClassSource,
  method: MethodSource,
  args: readonly string[],
  locked: string,
  indent: string,
): string {
  const { impl, fn, name } = method
  const own = ['own', 'copy'].find((it) => !args.includes(it)) ?? 'copied'
  const call = callText(indent, `${impl.self}::${name}`, [`&mut ${own}`, ...args])
  const arg = fn.ret?.kind === 'path' ? fn.ret.path.segments.at(-1)?.args?.args[0] : undefined
  const isUnit = !arg || (arg.kind === 'tuple' && arg.items.length === 0)
  const reach = fieldReach(source)
  const isFree = source.struct.fields.every((it) => (reach.get(it.name) ?? 'opaque') === 'free')
  const store = isFree
    ? [`*self.${locked}() = ${own};`]
    : [`let old = std::mem::replace(&mut *self.${locked}(), ${own});`, 'drop(old);']
  const lines = [
    `let mut ${own} = Clone::clone(&*self.${locked}());`,
    fn.ret ? `${isUnit ? '' : 'let result = '}${call}?;` : `${call};`,
    ...store,
    ...(fn.ret ? [isUnit ? 'Ok(())' : 'Ok(result)'] : []),
  ]
  return lines.join(`\n${indent}`)
}

/** What stands above an impl of the face, and what is taken from above the data's. */
export function implLead(
  source: ClassSource,
  impl: ImplSource,
): { readonly lines: readonly string[]; readonly cuts: readonly TextEdit[] } | Problem {
  const { attrs } = impl.item
  const lead = partedLead(impl.text, impl.start, impl.headStart, attrs, impl.self, /(?:^|::)pymethods$/)
  if ('reason' in lead) return { ...lead, detail: `${placeText(source.view.db, impl.file, impl.headStart)}: ${lead.detail}` }
  const pymethods = effectiveMetas(attrs).filter(
    ({ meta }) => /(?:^|::)pymethods$/.test(meta.path) && !/gen_stub/.test(meta.path),
  )
  const condition = conditionText(attrs, /(?:^|::)pymethods$/, impl.text, impl.start)
  const own = pymethods.map(({ meta }) => `#[${impl.text.slice(impl.start + meta.span.start, impl.start + meta.span.end)}]`)
  return { lines: [...(condition === null ? [] : [`#[cfg(${condition})]`]), ...lead.lines, ...own], cuts: lead.cuts }
}
