import { indentationAt, insert, type TextEdit } from '../../syntax/edits.ts'
import { accessorTexts } from '../accessors.ts'
import type { ClassSource, ImplSource, MethodSource } from '../class-source.ts'
import { type PlacedEdit, placed } from '../file-edits.ts'
import { strangeType } from '../lock-accessors.ts'
import { removeItem } from '../lock-methods.ts'
import { isWithin, pathOf } from '../lock-places.ts'
import { type Problem, placeText } from '../problems.ts'
import { snapshotProblem } from '../snapshot.ts'
import { sharedGuards } from '../wrapper.ts'
import { classConstants, type Removed } from './class-constants.ts'
import { accessOf, isFaceOnly } from './face-access.ts'
import { withSelf } from './face-attributes.ts'
import { faceMethod, implLead } from './face-methods.ts'
import type { FaceNames } from './face-names.ts'
import { faceSection, type SectionPlan, sectionPlan, sectionText } from './face-sections.ts'

/** The face's `#[pymethods]`, and what is left of the class's. */
export interface FaceBlocks {
  readonly edits: readonly PlacedEdit[]
  /** Getters and setters of the class without any `#[pymethods]`, as an impl; '' where they stand in a block. */
  readonly extra: string
  /** Methods that hand on. */
  readonly methods: number
  /** Names of those that read a copy. */
  readonly copied: readonly string[]
}

/** Parts each `#[pymethods]` block: its functions stay with the data, the face gets one for each. */
export function faceBlocks(source: ClassSource, names: FaceNames): FaceBlocks | Problem {
  const blocks = source.impls.filter((it) => it.kind === 'pymethods')
  const shown = new Set(source.struct.fields.map((it) => it.name))
  const { texts, problem } = accessorTexts(source, shown, names.locked, names.locked, '    ')
  if (problem) return problem
  const [first] = blocks
  const strange = first && texts.length > 0 ? accessorPlaceProblem(source, first, shown) : null
  if (strange) return strange
  const plan = sectionPlan(source)
  const edits: PlacedEdit[] = []
  const copied: string[] = []
  let methods = 0
  for (const impl of blocks) {
    const found = faceBlock(source, impl, names, impl === first ? texts : [], plan)
    if ('reason' in found) return found
    edits.push(...placed(impl.file, found.edits))
    copied.push(...found.copied)
    methods += found.methods
  }
  const extra = first || texts.length === 0 ? '' : `#[pyo3::pymethods]\nimpl ${names.type} {\n${indented(texts, '    ')}\n}`
  return { edits, extra, methods: methods + texts.length, copied }
}

function indented(texts: readonly string[], indent: string): string {
  return texts.map((it) => it.replaceAll(/^(?=.)/gm, indent)).join('\n\n')
}

/** Getters stand in the module of the block: what they name has to mean the same there, and the fields to be visible. */
function accessorPlaceProblem(source: ClassSource, block: ImplSource, fields: ReadonlySet<string>): Problem | null {
  const at = placeText(source.view.db, block.file, block.headStart)
  const strange = strangeType(source, { fields }, block)
  if (strange !== null) return { reason: 'several-files', detail: `${at}: \`${strange}\` means something else there` }
  const hidden = source.struct.fields.find((it) => it.vis === 'private')
  if (hidden && !isWithin(block.module.module, source.cls.module))
    return { reason: 'several-files', detail: `${at}: \`${hidden.name}\` cannot be read from there` }
  return null
}

function faceBlock(
  source: ClassSource,
  impl: ImplSource,
  names: FaceNames,
  accessors: readonly string[],
  plan: SectionPlan,
): { readonly edits: readonly TextEdit[]; readonly methods: number; readonly copied: readonly string[] } | Problem {
  const { db } = source.view
  const at = placeText(db, impl.file, impl.headStart)
  const face = faceIn(source, impl, names)
  if (face === null) return { reason: 'several-files', detail: `${at}: the module of the class cannot be named from there` }
  const lead = implLead(source, impl)
  if ('reason' in lead) return lead
  const own = source.methods.filter((it) => it.impl === impl)
  const constants = classConstants(source, impl)
  if (constants === null) return { reason: 'attribute', detail: `${at}: a member of the impl that is not read` }
  const indent = indentationAt(impl.text, impl.headStart)
  const edits: TextEdit[] = [...lead.cuts, ...constants.edits]
  const texts: string[] = [...constants.texts]
  const copied: string[] = []
  let methods = 0
  const leaving = own.filter(isFaceOnly)
  const removed: Removed[] = [...constants.removed]
  for (const method of own) {
    if (leaving.includes(method)) {
      texts.push(faceOnlyText(source, method))
      removed.push(method)
      continue
    }
    const access = accessOf(source, method)
    if (typeof access === 'object') {
      const text = sectionOf(source, method, names, plan)
      if (text === null) return access
      leaving.push(method)
      texts.push(text)
      methods++
      removed.push(method)
      continue
    }
    const found = faceMethod(source, method, face, names, access)
    if ('reason' in found) return found
    const clone = found.copies || found.access === 'copied' ? snapshotProblem(source) : null
    if (clone)
      return {
        ...clone,
        detail: `${placeText(db, impl.file, method.nameAt.start)}: \`${method.name}\` needs a copy, but ${clone.detail}`,
      }
    if (found.access === 'copied') copied.push(method.name)
    if (access !== 'none') methods++
    texts.push(found.text)
    edits.push(...found.edits)
  }
  if (removed.length < impl.item.children.length)
    for (const it of removed.sort((a, b) => a.start - b.start)) removeItem(edits, it)
  const unit = own[0] ? indentationAt(impl.text, own[0].headStart) : `${indent}    `
  if (accessors.length > 0) texts.push(indented(accessors, unit))
  const block = [...lead.lines, `impl ${face} {\n${texts.join('\n\n')}\n${indent}}`].map((it) => indent + it).join('\n')
  if (removed.length > 0 && removed.length === impl.item.children.length) {
    return { edits: [{ span: { start: impl.start, end: impl.end }, newText: block.trimStart() }], methods, copied }
  }
  return { edits: [...edits, insert(impl.end, `\n\n${block}`)], methods, copied }
}

/** The whole of a method that goes to the face and locks for a part of its body; null where that cannot be. */
function sectionOf(source: ClassSource, method: MethodSource, names: FaceNames, plan: SectionPlan): string | null {
  const section = faceSection(source, plan, method)
  return section && sectionText(source, method, section, names)
}

/** How the face is written in the module of an impl; null if it cannot be. */
function faceIn(source: ClassSource, impl: ImplSource, names: FaceNames): string | null {
  const { module } = impl.module
  if (module === source.cls.module) return names.type
  const path = pathOf(source.view.db, source.cls.module, module)
  return path === null ? null : `${path}::${names.type}`
}

function faceOnlyText(source: ClassSource, method: MethodSource): string {
  const { text } = method.impl
  const indent = indentationAt(text, method.headStart)
  const head = sharedGuards(source, method, text.slice(method.start, method.body.start))
  const free = head.replace(/\bpub(?:\s*\([^)]*\))?\s+(?=(?:\w+\s+)*fn\b)/, '').replace(/\bmut\s+(?=\w+\s*:)/, '')
  return indent + free + withSelf(text.slice(method.body.start, method.end), method.impl.self)
}
