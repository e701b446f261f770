import { tokenize } from '../../server/src/syntax/lexer.ts'
import type { Bound, GenericArgs, Path, PathSegment, TypeExpr } from '../../server/src/syntax/summary.ts'

/**
 * A type's source without what a summary leaves out or may write differently: white space, comments, lifetimes,
 * `for<…>`, parentheses that only group, trailing commas. Types with function pointers become `fn`.
 */
export function normalized(source: string): string {
  const tokens = tokenize(source).filter((token) => token.kind !== 'comment' && token.kind !== 'doc')
  const words = tokens.map((token) => (token.kind === 'lifetime' ? "'" : source.slice(token.start, token.end).replace(/^r#/, '')))
  return squeeze(words.join(' '))
}

/** Rewrites to the common form; applied to both sides. */
function squeeze(text: string): string {
  let result = text.replaceAll(/\bfor < (?:' ?[,:+]? ?)*>/g, '').replaceAll(/\buse <[^>]*>/g, '')
  if (/\bfn\b/.test(result)) return 'fn'
  result = result
    .replaceAll(/\b(?:dyn|async)\b/g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([^\w ]) ?/g, '$1')
  for (let before = ''; before !== result; ) {
    before = result
    result = result
      .replaceAll(/'\+|\+'/g, '')
      .replaceAll(/<',?>/g, '')
      .replaceAll(/<',/g, '<')
      .replaceAll(/,'(?=[,>])/g, '')
      .replaceAll(/,(?=[>)\]])/g, '')
      .replaceAll(/&'/g, '&')
      .replaceAll(/::</g, '<')
      .replaceAll(/\+(?=[>),]|$)/g, '')
      .replaceAll(/^\+|([<(,=:])\+/g, '$1')
      .replaceAll('->()', '')
      .replaceAll(/([<,]\w+):(?!:)/g, '$1=impl ')
      .trim()
  }
  return result.replaceAll(/!\[\]/g, '!').replaceAll(/[()\s]/g, '')
}

/** A type expression written out, in the same form. */
export function typeText(type: TypeExpr | null): string {
  return type === null ? '' : squeeze(spaced(write(type)))
}

function spaced(text: string): string {
  return tokenize(text)
    .filter((token) => token.kind !== 'comment')
    .map((token) => text.slice(token.start, token.end))
    .join(' ')
}

function write(type: TypeExpr): string {
  switch (type.kind) {
    case 'path':
      return pathText(type.path)
    case 'qpath': {
      const rest = type.rest.map((segment) => `::${segmentText(segment)}`).join('')
      return `<${write(type.self)}${type.trait ? ` as ${pathText(type.trait)}` : ''}>${rest}`
    }
    case 'ref':
      return `&${type.mut ? 'mut ' : ''}${write(type.inner)}`
    case 'ptr':
      return `*${type.mut ? 'mut' : 'const'} ${write(type.inner)}`
    case 'tuple':
      return `(${type.items.map(write).join(',')})`
    case 'array':
      return `[${write(type.inner)};${type.length}]`
    case 'slice':
      return `[${write(type.inner)}]`
    case 'fnPtr':
      return 'fn'
    case 'never':
      return '!'
    case 'infer':
      return '_'
    case 'dyn':
      return boundsText(type.bounds)
    case 'impl':
      return `impl ${boundsText(type.bounds)}`
    case 'macro':
      return `${type.path}!(${type.args})`
    case 'const':
    case 'error':
      return type.text
  }
}

function boundsText(bounds: readonly Bound[]): string {
  return bounds.flatMap(({ maybe, path }) => (path === null ? [] : [`${maybe ? '?' : ''}${pathText(path)}`])).join('+')
}

export function pathText(path: Path): string {
  return `${path.global ? '::' : ''}${path.segments.map(segmentText).join('::')}`
}

function segmentText({ name, args }: PathSegment): string {
  return args === null ? name : name + argsText(args)
}

function argsText(args: GenericArgs): string {
  if (args.call) return `(${args.args.map(write).join(',')})${args.call.output ? `->${write(args.call.output)}` : ''}`
  const assoc = args.assoc.map(({ name, type }) =>
    type.kind === 'impl' ? `${name}: ${boundsText(type.bounds)}` : `${name}=${write(type)}`,
  )
  const all = [...args.args.map(write), ...assoc]
  return all.length === 0 ? '' : `<${all.join(',')}>`
}
