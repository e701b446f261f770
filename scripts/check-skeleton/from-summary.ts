import { contains } from '../../server/src/syntax/span.ts'
import type { ParsedFile } from '../../server/src/syntax/summarize.ts'
import type { Attr, Field, Item } from '../../server/src/syntax/summary.ts'
import { IN_BODIES, type Reading } from './from-tree.ts'
import { typeText } from './normalized.ts'

/** Reads a file's items off its summary, in the form that `readTree` gives. */
export function readSummary({ summary, positions }: ParsedFile, text: string): Reading {
  const reading: Reading = new Map()
  const visit = (items: readonly Item[], inBody: boolean): void => {
    for (const item of items) {
      const position = positions.items.get(item.key)
      if (!position) throw new Error(`no position for ${item.key}`)
      if (!inBody || IN_BODIES.has(item.kind))
        reading.set(`${item.kind}@${position.headStart}`, describe(item, text, position.start))
      if ('children' in item && item.children)
        visit(item.children, inBody || item.kind === 'fn' || item.kind === 'const' || item.kind === 'static')
    }
  }
  visit(summary.items, false)
  return reading
}

function describe(item: Item, text: string, start: number): string {
  const slice = (attr: Attr): string => text.slice(attr.span.start + start, attr.span.end + start)
  const lines = [
    `name ${item.name}`,
    `attrs ${item.attrs
      .map(slice)
      .filter((attr) => !/^#\s*!/.test(attr))
      .join(' ')}`,
  ]
  if ('generics' in item) {
    if (item.generics.params.length > 0) lines.push(`generics ${item.generics.params.map(({ name }) => name).join(',')}`)
    lines.push(...item.generics.where.map(({ type }) => `where ${typeText(type)}`))
  }
  lines.push(...details(item))
  return lines.join('\n')
}

function fieldLines(fields: readonly Field[], variant: string | null): string[] {
  return fields
    .filter((field) => field.variant === variant)
    .map(({ name, type }) => `field ${variant ?? ''}.${name}: ${typeText(type)}`)
}

function details(item: Item): string[] {
  switch (item.kind) {
    case 'struct':
    case 'union':
      return fieldLines(item.fields, null)
    case 'enum':
      // By place, not by name: variants under exclusive cfgs may share a name.
      return item.variants.flatMap(({ name, span }) => {
        const fields = item.fields.filter((field) => contains(span, field.span))
        return [`variant ${name}`, ...fieldLines(fields, name)]
      })
    case 'impl': {
      const trait = item.trait ? typeText({ kind: 'path', path: item.trait.path, span: item.trait.path.span }) : ''
      return [`trait ${trait}`, `self ${typeText(item.self)}`]
    }
    case 'fn': {
      const params = item.params.map(({ pattern, type }) => `param ${pattern}: ${typeText(type)}`)
      return [
        ...(item.receiver ? ['self'] : []),
        ...params,
        ...(item.ret ? [`returns ${typeText(item.ret)}`] : []),
        `body ${item.hasBody}`,
      ]
    }
    case 'mod':
      return [`inline ${item.children !== null}`]
    case 'const':
    case 'static':
    case 'type':
      return [`type ${typeText(item.type)}`]
    case 'use':
      return item.imports
        .map(({ global, path, glob, alias }) => {
          const target = [...path, ...(glob ? ['*'] : [])].join('::')
          return `use ${global ? '::' : ''}${target}${alias === null ? '' : ` as ${alias}`}`
        })
        .sort()
    case 'macro_call':
      return [`path ${item.path}`, `args ${item.args}`]
    case 'trait':
    case 'extern_crate':
    case 'macro_rules':
    case 'extern_block':
      return []
  }
}
