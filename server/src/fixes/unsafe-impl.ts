import type { AutoTrait } from '../autotraits/oracle.ts'
import type { CrateView } from '../model/crate-view.ts'
import type { FieldCulprit } from '../model/culprits.ts'
import type { LocalType } from '../model/local-type.ts'
import type { LockedType } from '../model/locked-type.ts'
import type { PyClass } from '../model/pyclass.ts'
import type { UnsafeImpl } from '../model/unsafe-impl.ts'
import { fitted, indentationAt, insert } from '../syntax/edits.ts'
import type { Fix } from './fix.ts'

const TRAITS: readonly AutoTrait[] = ['Send', 'Sync']

/** Listing more fields than this in a comment helps nobody. */
const MANY_FIELDS = 6

/** `unsafe impl Send`/`Sync` for a class, each trait that no impl pins yet, with a SAFETY comment. Empty where it cannot be written. */
export function unsafeImplFix(cx: CrateView, cls: PyClass): Fix[] {
  const pinned = cx.verdicts(cls)
  const traits = TRAITS.filter((it) => (it === 'Send' ? pinned.send : pinned.sync).viaImpl.length === 0)
  const culprits = cx.culprits(cls)
  return implsFor(cx, cls, traits, (trait) => culprits.filter((it) => it.trait === trait))
}

/** The same for any type of the workspace; `needing` gives the fields that are not `trait` by themselves. */
export function implsFor(
  cx: CrateView,
  type: LocalType,
  traits: readonly AutoTrait[],
  needing: (trait: AutoTrait) => readonly FieldCulprit[],
): Fix[] {
  const text = cx.db.text(type.itemAt.file)
  if (type.macroMade || text === null || traits.length === 0 || !isReadable(type)) return []
  const impls = traits.map((trait) => implText(type, trait, needing(trait)))
  const indentation = indentationAt(text, type.itemAt.span.start)
  const newText = `\n\n${impls.join('\n\n')}`
  return [
    {
      title: `Insert \`unsafe impl ${traits.join('`/`')}\` for \`${type.name}\` with a SAFETY comment`,
      grade: 'risky',
      changes: [
        { file: type.itemAt.file, edits: [insert(behind(text, type.itemAt.span.end), fitted(text, newText, indentation))] },
      ],
    },
  ]
}

function implText(type: LocalType, trait: AutoTrait, needing: readonly FieldCulprit[]): string {
  const lines = safetyLines(type, trait, needing).map((line) => `// ${line}`)
  const generics = implGenerics(type, trait)
  const where = type.whereText ? ` ${oneLine(type.whereText).replace(/,\s*$/, '')}` : ''
  return [
    ...lines,
    ...type.cfgText.map(oneLine),
    `unsafe impl${generics.declared} ${trait} for ${type.name}${generics.used}${where} {}`,
  ].join('\n')
}

/** Where a new item goes: behind a comment that ends the line. */
function behind(text: string, end: number): number {
  const rest = /^[ \t]*(?:\/\/[^\r\n]*)?(?=\r?\n|$)/.exec(text.slice(end))
  return end + (rest?.[0].length ?? 0)
}

/** Whether generics and conditions can be repeated on one line: no comments in them, brackets in pairs. */
function isReadable(type: LocalType): boolean {
  const repeated = [type.genericsText, type.whereText, ...type.cfgText].join(' ')
  const balanced = [/[[\]]/g, /[()]/g].every((it) => (repeated.match(it)?.length ?? 0) % 2 === 0)
  return balanced && !/\/[/*]|#\s*\[(?!cfg)/.test(repeated)
}

function safetyLines(type: LocalType, trait: AutoTrait, needing: readonly FieldCulprit[]): string[] {
  if (needing.length === 0) {
    const fields = type.fields
    const named =
      fields.length <= MANY_FIELDS
        ? list(fields.map((it) => `\`${it.name}: ${oneLine(it.type)}\``))
        : `every one of the ${fields.length} fields`
    const verb = fields.length === 1 || fields.length > MANY_FIELDS ? 'is' : 'are'
    if (fields.length === 0) return [`SAFETY: \`${type.name}\` has no fields.`]
    return [
      `SAFETY: ${named} ${verb} \`${trait}\` by type, so nothing relies on this impl.`,
      `A field added later is covered too and must be \`${trait}\` as well.`,
    ]
  }
  const lines: string[] = []
  for (const culprit of needing) {
    const field = type.fields[culprit.field]
    const name = field ? `\`${field.name}: ${oneLine(field.type)}\`` : 'a field'
    lines.push(`${lines.length === 0 ? 'SAFETY: ' : ''}${name} is not \`${trait}\` by type. ${obligation(trait)}`)
  }
  return lines
}

function obligation(trait: AutoTrait): string {
  return trait === 'Send'
    ? 'What it refers to may be used and dropped by any thread, one at a time.'
    : 'Threads may use it through `&self` at the same time: every access is read-only or goes through a lock or an atomic.'
}

/** `<'a, T: Send>` for the impl and `<'a, T>` for the type. Bounds of the declaration are kept, defaults dropped. */
function implGenerics(type: LocalType, trait: AutoTrait): { declared: string; used: string } {
  if (type.params.length === 0) return { declared: '', used: '' }
  const bound = trait === 'Send' ? 'Send' : 'Send + Sync'
  const declared = splitGenerics(type.genericsText).map((text, i) => {
    const param = type.params[i]
    const plain = withoutDefault(text)
    if (param?.kind !== 'type') return plain
    return plain.includes(':') ? `${plain} + ${bound}` : `${plain}: ${bound}`
  })
  return { declared: `<${declared.join(', ')}>`, used: `<${type.params.map((it) => it.name).join(', ')}>` }
}

/** `T: A<B = C> = D` → `T: A<B = C>` */
function withoutDefault(text: string): string {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if ('<([{'.includes(char)) depth++
    else if (')]}'.includes(char) || (char === '>' && text[i - 1] !== '-')) depth--
    else if (char === '=' && depth === 0) return oneLine(text.slice(0, i).trim())
  }
  return oneLine(text.trim())
}

/** The parameters inside `<…>` as written, split at the top level. */
function splitGenerics(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 1
  for (let i = 1; i < text.length; i++) {
    const char = text[i]
    if (char === '<' || char === '(' || char === '[' || char === '{') depth++
    else if (char === '>' && text[i - 1] === '-') continue
    else if ((char === '>' || char === ')' || char === ']' || char === '}') && depth > 0) depth--
    else if ((char === ',' && depth === 0) || (char === '>' && depth === 0)) {
      const part = text.slice(from, i).trim()
      if (part) parts.push(part)
      from = i + 1
    }
  }
  return parts
}

/** A compile-time assertion that the type inside the class's lock is `Send + Sync`, after the class; nothing where it is there. */
export function assertInnerFix(cx: CrateView, cls: PyClass, locked: LockedType): Fix[] {
  return cx.isAsserted(cls) ? [] : assertionFix(cx, cls, locked.typeName)
}

/** `const _: () = { … }` that fails to compile when `typeName` stops being `Send + Sync`. */
export function assertionFix(cx: CrateView, after: LocalType, typeName: string): Fix[] {
  const text = cx.db.text(after.itemAt.file)
  if (after.macroMade || text === null) return []
  const body = [
    ...after.cfgText.map(oneLine),
    'const _: () = {',
    '    const fn assert_send_sync<T: ?Sized + Send + Sync>() {}',
    `    assert_send_sync::<${typeName}>()`,
    '};',
  ].join('\n')
  return [
    {
      title: `Assert at compile time that \`${typeName}\` is \`Send + Sync\``,
      grade: 'suggested',
      changes: [
        {
          file: after.itemAt.file,
          edits: [
            insert(
              behind(text, after.itemAt.span.end),
              fitted(text, `\n\n${body}`, indentationAt(text, after.itemAt.span.start)),
            ),
          ],
        },
      ],
    },
  ]
}

/** A SAFETY comment above the impl that names the fields that need it. */
export function safetyTemplateFix(cx: CrateView, impl: UnsafeImpl, culprits: readonly FieldCulprit[]): Fix[] {
  const type = cx.localType(impl.type)
  const text = cx.db.text(impl.itemAt.file)
  if (impl.macroMade || text === null || type === null) return []
  const at = impl.headAt.span.start
  const indentation = indentationAt(text, at)
  const lines = safetyLines(type, impl.trait, culprits).map((line) => `// ${line}`)
  return [
    {
      title: `Insert a SAFETY comment for \`${impl.typeName}\``,
      grade: 'suggested',
      changes: [
        { file: impl.itemAt.file, edits: [insert(at, fitted(text, `${lines.join('\n')}\n`, indentation) + indentation)] },
      ],
    },
  ]
}

function list(items: readonly string[]): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}
