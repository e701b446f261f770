import type { ModId } from '../resolve/defs.ts'
import { indentationAt, insert, type TextEdit } from '../syntax/edits.ts'
import { classCondition } from './class-attributes.ts'
import { type HeadPlan, handImpls, headPlan } from './class-head.ts'
import type { ClassSource } from './class-source.ts'
import { type PlacedEdit, placed } from './file-edits.ts'
import type { LockKind } from './frozen-lock.ts'
import { importNames, ownModule } from './imports.ts'
import type { LiteralShape } from './literals.ts'
import { accessorEdits } from './lock-accessors.ts'
import { keptLiterals } from './lock-literals.ts'
import { methodEdits } from './lock-methods.ts'
import { leastVisibility, type Places } from './lock-places.ts'
import type { Mention } from './mentions.ts'
import { narrowedEdits } from './narrowed-edits.ts'
import { isCopied, type MovePlan } from './plan.ts'
import type { Problem } from './problems.ts'
import { splitStruct } from './struct-split.ts'
import { bothLocked, otherObject } from './two-instances.ts'
import type { LockNames } from './wrapper.ts'

/** How a lock is written in the class's module. */
interface LockWords {
  readonly lock: string
  /** The same in full. */
  readonly lockPath: string
  readonly poison: string
  readonly guards: readonly { readonly method: string; readonly call: string; readonly type: string }[]
  /** `TryLockError`, where something only tries. */
  readonly attempt: string | null
  readonly imports: readonly TextEdit[]
}

/** All edits of the class itself: its struct, its literals and its methods, wherever they stand. */
export function lockChanges(
  source: ClassSource,
  plan: MovePlan,
  kind: LockKind,
  names: LockNames,
  mentions: readonly Mention[],
  callers: ReadonlySet<ModId>,
): { readonly edits: readonly PlacedEdit[] } | Problem {
  const tries = [...plan.narrowed.values()].some((it) => 'tries' in it && it.tries)
  const words = lockWords(source, kind, names, tries)
  const { lock, lockPath } = words
  const shape: LiteralShape = { moved: plan.fields, lockField: names.lockField, inner: names.inner, lock, lockPath }
  const head = headPlan(source, plan.fields)
  const places: Places = { names: new Map(), users: new Set(callers) }
  const literals = keptLiterals(source, plan, shape, mentions, places)
  if ('reason' in literals) return literals
  const methods = methodEdits(source, plan, { ...names, poison: words.poison }, shape, places)
  if ('reason' in methods) return methods
  const sections = [...plan.narrowed].flatMap(([method, section]) => {
    places.users.add(method.impl.module.module)
    return placed(method.impl.file, narrowedEdits(method, section, names))
  })
  const accessors = accessorEdits(source, plan, names, places)
  if ('reason' in accessors) return accessors
  const vis = leastVisibility(source.view.db, source.cls.module, places.users)
  const split = splitStruct(source, plan.fields, names.lockField, `${words.lock}<${names.inner}>`, vis)
  if (!split) return { reason: 'parse-error', detail: 'the fields of the class cannot be read' }
  const hand = handImpls(source, plan.fields, head.byHand, names.lockField, words.lock, names.read)
  const pairs = plan.moved.some((it) => !isCopied(plan, it) && otherObject(source, it) !== null)
  const after = afterStruct(
    source,
    names,
    words,
    innerDerives(head, plan),
    split.innerFields,
    hand,
    vis,
    isIdle(source, plan),
    pairs,
  )
  const imports = [...places.names.values()].flatMap((it) => it.edits)
  const own = placed(source.file, [...words.imports, ...head.edits, split.edit, after])
  return { edits: [...own, ...imports, ...literals.edits, ...methods.edits, ...sections, ...accessors.edits] }
}

/** A struct of which readers get a copy is `Clone`. */
function innerDerives(head: HeadPlan, { copied }: MovePlan): readonly string[] {
  const missing = copied && copied.size > 0 && !head.innerDerives.includes('Clone')
  return missing ? ['Clone', ...head.innerDerives] : head.innerDerives
}

function opposite(condition: string): string {
  const inner = /^not\(([^()]*(?:\([^()]*\))?[^()]*)\)$/.exec(condition)?.[1]
  return inner ?? `not(${condition})`
}

/** The condition of the class attribute, where in builds without it nothing would use the lock. */
function isIdle(source: ClassSource, plan: MovePlan): string | null {
  const condition = classCondition(source)
  const used = [...plan.moved, ...plan.narrowed.keys()].some(
    ({ impl }) => impl.kind !== 'pymethods' && !impl.item.attrs.some((it) => it.meta.path === 'cfg'),
  )
  return used ? null : condition
}

function lockWords(source: ClassSource, kind: LockKind, names: LockNames, tries: boolean): LockWords {
  const wanted =
    kind === 'mutex' ? ['Mutex', 'MutexGuard', 'PoisonError'] : ['PoisonError', 'RwLock', 'RwLockReadGuard', 'RwLockWriteGuard']
  if (tries) wanted.push('TryLockError')
  const { names: written, edits } = importNames(ownModule(source), 'std::sync', wanted)
  const word = (name: string): string => written.get(name) ?? `std::sync::${name}`
  const guards =
    kind === 'mutex'
      ? [{ method: names.read, call: 'lock', type: word('MutexGuard') }]
      : [
          { method: names.read, call: 'read', type: word('RwLockReadGuard') },
          { method: names.write, call: 'write', type: word('RwLockWriteGuard') },
        ]
  const lock = kind === 'mutex' ? 'Mutex' : 'RwLock'
  return {
    lock: word(lock),
    lockPath: `std::sync::${lock}`,
    poison: word('PoisonError'),
    guards,
    attempt: tries ? word('TryLockError') : null,
    imports: edits,
  }
}

/** The inner struct and the methods that lock, after the class. */
function afterStruct(
  source: ClassSource,
  names: LockNames,
  words: LockWords,
  derives: readonly string[],
  fields: string,
  hand: readonly string[],
  vis: string,
  idle: string | null,
  pairs: boolean,
): TextEdit {
  const { text, structAt, cls } = source
  const indent = indentationAt(text, structAt.headStart)
  const unit = indentationAt(text, structAt.start + (source.struct.fields[0]?.nameSpan.start ?? 0)).includes('\t') ? '\t' : '    '
  const derive = derives.length > 0 ? [`${indent}#[derive(${derives.join(', ')})]`] : []
  const shape =
    source.struct.shape === 'tuple'
      ? [`${indent}${vis}struct ${names.inner}(${fields});`]
      : [`${indent}${vis}struct ${names.inner} {`, fields, `${indent}}`]
  const cfgs = cls.cfgText.map((it) => indent + it)
  const allow = idle === null ? [] : [`#[cfg_attr(${opposite(idle)}, allow(dead_code))]`]
  const inner = [...cfgs, ...allow.map((it) => indent + it), ...derive, ...shape].join('\n')
  // A panic in a method leaves the lock poisoned; `PyRefMut` went on as if nothing had happened, and so does this.
  const lockers = words.guards.map(({ method, call, type }) => {
    const chain = `self.${names.lockField}.${call}().unwrap_or_else(${words.poison}::into_inner)`
    const body =
      chain.length <= 60
        ? [chain]
        : [`self.${names.lockField}`, `${unit}.${call}()`, `${unit}.unwrap_or_else(${words.poison}::into_inner)`]
    return [...allow, `${vis}fn ${method}(&self) -> ${type}<'_, ${names.inner}> {`, ...body.map((it) => unit + it), '}']
      .map((it) => indent + unit + it)
      .join('\n')
  })
  const [reader] = words.guards
  if (words.attempt && reader) {
    const lines = [
      `${vis}fn ${names.tryRead}(&self) -> Option<${reader.type}<'_, ${names.inner}>> {`,
      `${unit}match self.${names.lockField}.try_${reader.call}() {`,
      `${unit}${unit}Ok(guard) => Some(guard),`,
      `${unit}${unit}Err(${words.attempt}::Poisoned(poisoned)) => Some(poisoned.into_inner()),`,
      `${unit}${unit}Err(${words.attempt}::WouldBlock) => None,`,
      `${unit}}`,
      '}',
    ]
    lockers.push(lines.map((it) => indent + unit + it).join('\n'))
  }
  if (reader && pairs) {
    const lines = bothLocked(names, reader.type, unit).map((it) => it.replace(/^(?=(?:pub|fn))/, vis))
    lockers.push(lines.join('\n').replaceAll(/^(?=.)/gm, indent + unit))
  }
  const impl = [...cfgs, `${indent}impl ${cls.name} {\n${lockers.join('\n\n')}\n${indent}}`].join('\n')
  const hands = hand.map((it) => [...cfgs, it.replaceAll(/^(?=.)/gm, indent)].join('\n'))
  return insert(structAt.end, [``, inner, impl, ...hands].join('\n\n'))
}
