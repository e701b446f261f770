import type { Fix } from '../../fixes/fix.ts'
import { indentationAt, insert, overlaps, type TextEdit } from '../../syntax/edits.ts'
import type { ClassSource } from '../class-source.ts'
import { byFile, placed } from '../file-edits.ts'
import { importNames, ownModule } from '../imports.ts'
import { leastVisibility } from '../lock-places.ts'
import { type Problem, placeText } from '../problems.ts'
import { type FaceBlocks, faceBlocks } from './face-blocks.ts'
import { conversions, optionImpls } from './face-conversions.ts'
import { type FaceHead, faceHead } from './face-head.ts'
import type { FaceNames } from './face-names.ts'
import { type FaceUses, faceUses } from './face-uses.ts'
import { freeFaceNames } from './free-names.ts'

/**
 * The second form of the rewrite: the struct stays what it is to Rust, plain data without PyO3, and Python gets a frozen class
 * around it, which locks for each call. Nothing of the data's own code changes, so Rust callers, derives and traits go on as before;
 * what is new is only how values become Python objects and back, by PyO3's own conversion traits.
 */
export function faceOffer(source: ClassSource): Fix | Problem {
  const head = faceHead(source)
  if ('reason' in head) return head
  const names = freeFaceNames(source)
  if ('reason' in names) return names
  const blocks = faceBlocks(source, names)
  if ('reason' in blocks) return blocks
  const uses = faceUses(source, names)
  if (uses.problem) return uses.problem
  const after = faceItems(source, head, names, blocks, uses)
  if ('reason' in after) return after
  const edits = [...placed(source.file, [...head.edits, ...after.edits]), ...blocks.edits, ...uses.edits]
  const changes = byFile(edits, (file) => source.view.db.text(file))
  const twice = changes.find((it) => overlaps(it.edits))
  // A method that leaves the data, and uses the class as one of Python's in its body.
  if (twice)
    return {
      reason: 'used-elsewhere',
      detail: `${placeText(source.view.db, twice.file, 0).replace(/:\d+$/, '')}: two changes meet in one place`,
    }
  return {
    title: titleOf(source, names, blocks, uses.callers),
    grade: 'risky',
    kind: 'refactor.rewrite.pyo3',
    changes,
  }
}

function titleOf({ cls }: ClassSource, { type }: FaceNames, { methods, copied }: FaceBlocks, callers: number): string {
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`
  const readers =
    copied.length === 0 ? '' : copied.length === 1 ? `; \`${copied[0]}\` reads a copy` : `; ${copied.length} methods read a copy`
  return `Make \`${cls.name}\` frozen: the struct stays, Python gets \`${type}\` with it behind a Mutex: ${count(methods, 'method')}${callers > 0 ? `, ${count(callers, 'caller')}` : ''}${readers}`
}

/** The face and its impls, after the struct. */
function faceItems(
  source: ClassSource,
  head: FaceHead,
  names: FaceNames,
  blocks: FaceBlocks,
  uses: FaceUses,
): { readonly edits: readonly TextEdit[] } | Problem {
  const { cls, struct, text, structAt } = source
  const { type, locked } = names
  // Without the condition nothing would use the imports.
  const wanted = ['Mutex', 'MutexGuard', 'PoisonError']
  const plain = head.cfgs.length > 0 ? null : importNames(ownModule(source), 'std::sync', wanted)
  const word = (name: string): string => plain?.names.get(name) ?? `std::sync::${name}`
  const found = conversions(source, names, word('Mutex'))
  if ('reason' in found) return found
  const options = optionImpls(source, names)
  if ('reason' in options) return options
  const vis = { private: '', pub: 'pub ', crate: 'pub(crate) ', super: 'pub(super) ' }
  const own = typeof struct.vis === 'object' ? `pub(in ${struct.vis.in}) ` : vis[struct.vis]
  const modules = source.impls.filter((it) => it.kind === 'pymethods').map((it) => it.module.module)
  const lockVis = leastVisibility(source.view.db, cls.module, [...modules, ...uses.users])
  const chain = `self.inner.lock().unwrap_or_else(${word('PoisonError')}::into_inner)`
  const body =
    chain.length <= 60
      ? [`        ${chain}`]
      : ['        self.inner', '            .lock()', `            .unwrap_or_else(${word('PoisonError')}::into_inner)`]
  const copying =
    uses.copies > 0
      ? ['', `    ${lockVis}fn ${names.copied}(&self) -> ${cls.name} {`, `        self.${locked}().clone()`, '    }']
      : []
  const items: (readonly string[])[] = [
    [...head.lines, `${own}struct ${type} {`, `    inner: ${word('Mutex')}<${cls.name}>,`, '}'],
    // A panic in a method leaves the lock poisoned; `PyRefMut` went on as if nothing had happened, and so does this.
    [
      `impl ${type} {`,
      `    ${lockVis}fn ${locked}(&self) -> ${word('MutexGuard')}<'_, ${cls.name}> {`,
      ...body,
      '    }',
      ...copying,
      '}',
    ],
    ...found,
    ...options,
    ...(blocks.extra === '' ? [] : [blocks.extra.split('\n')]),
  ]
  const indent = indentationAt(text, structAt.headStart)
  const tabs = indent.includes('\t') || /\n\t/.test(text.slice(structAt.start, structAt.end))
  const lines = items.map((it) => [...head.cfgs, ...it].map((line) => laidOut(line, indent, tabs)).join('\n'))
  return { edits: [...(plain?.edits ?? []), insert(structAt.end, `\n\n${lines.join('\n\n')}`)] }
}

function laidOut(line: string, indent: string, tabs: boolean): string {
  if (line === '') return ''
  return indent + (tabs ? line.replace(/^(?: {4})+/, (it) => '\t'.repeat(it.length / 4)) : line)
}
