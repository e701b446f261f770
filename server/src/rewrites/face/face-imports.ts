import { indentationAt, insert } from '../../syntax/edits.ts'
import type { ClassSource } from '../class-source.ts'
import { codePositions, codeText } from '../code-texts.ts'
import { type PlacedEdit, placed } from '../file-edits.ts'
import { type Problem, placeText } from '../problems.ts'
import type { ClassMention } from './class-mentions.ts'
import type { FaceNames } from './face-names.ts'
import { type ImportLeaf, leavesOf } from './import-paths.ts'
import { leafKey, mayReach, type OffBuild, offBuild } from './off-build.ts'
import { leafEdit } from './use-lists.ts'

interface Need {
  readonly leaf: ImportLeaf
  face: boolean
  data: boolean
}

/**
 * The edits of `use`s that bring the face to where it is named, and take the class away where nothing else wants it.
 * @param asFace the mentions that become the face's name
 */
export function faceImports(
  source: ClassSource,
  face: FaceNames,
  mentions: readonly ClassMention[],
  asFace: ReadonlySet<ClassMention>,
): { readonly edits: readonly PlacedEdit[] } | Problem {
  const { db } = source.view
  const needs = new Map<string, Need>()
  for (const each of mentions) {
    const toFace = asFace.has(each)
    if ((each.form.kind === 'import' && !toFace) || (each.module === null && !toFace)) continue
    const segments = each.segments?.at(-1) === 'Self' ? [source.cls.name] : each.segments
    const leaves = each.module === null || segments === null ? null : leavesOf(source, each.module, segments)
    if (leaves === null && toFace)
      return {
        reason: 'used-elsewhere',
        detail: `${placeText(db, each.file, each.at.start)}: how the name gets there is not known`,
      }
    for (const leaf of leaves ?? []) {
      const key = leafKey(leaf)
      const need = needs.get(key) ?? { leaf, face: false, data: false }
      if (toFace) need.face = true
      else need.data = true
      needs.set(key, need)
    }
  }
  const off = offBuild(
    source,
    mentions.filter((it) => it.module === null && !asFace.has(it)),
  )
  const edits: PlacedEdit[] = []
  for (const need of needs.values()) {
    if (!need.face) continue
    const edit = needEdit(source, face, need, off, asFace)
    if ('reason' in edit) return edit
    edits.push(...edit.edits)
  }
  return { edits }
}

function needEdit(
  source: ClassSource,
  face: FaceNames,
  { leaf: found, data }: Need,
  off: OffBuild,
  asFace: ReadonlySet<ClassMention>,
): { readonly edits: readonly PlacedEdit[] } | Problem {
  const { db } = source.view
  const { item, leaf } = found
  const file = item.origin.expansion ?? item.origin.file
  const text = codeText(db, file)
  const at = codePositions(db, file)?.items.get(item.item.key)
  const fail = (what: string): Problem => ({
    reason: 'used-elsewhere',
    detail: `${placeText(db, file, at?.headStart ?? 0)}: ${what}`,
  })
  if (item.origin.expansion !== null || !at || text === null) return fail('a macro makes this import')
  const span = { start: at.start + leaf.span.start, end: at.start + leaf.span.end }
  const name = { start: span.end - source.cls.name.length, end: span.end }
  if (text.slice(name.start, name.end) !== source.cls.name) return fail('an import that cannot be read')
  // A `#[pymodule_export]` that becomes the face's is edited as a mention.
  if ([...asFace].some((it) => it.file === file && it.at.start === name.start)) return { edits: [] }
  const keep = data || item.item.vis === 'pub'
  if (!keep && mayReach(off, found, file)) return fail(`\`${source.cls.name}\` would be imported for tests only`)
  if (keep && face.condition !== null && item.item.attrs.every((it) => it.meta.path !== 'cfg')) {
    const indent = indentationAt(text, at.headStart)
    const head = text.slice(at.headStart, at.end).match(/^(?:pub(?:\s*\([^)]*\))?\s+)?use\s+/)?.[0] ?? 'use '
    const path = [...(leaf.global ? [''] : []), ...leaf.path.slice(0, -1), face.type].join('::')
    return { edits: placed(file, [insert(at.end, `\n${indent}#[cfg(${face.condition})]\n${indent}${head}${path};`)]) }
  }
  const edit = leafEdit(text, { start: at.headStart, end: at.end }, name, face.type, keep)
  return edit ? { edits: placed(file, [edit]) } : fail('an import that cannot be read')
}
