import { derives, effectiveMetas } from '../model/attributes.ts'
import type { PyField } from '../model/pyclass.ts'
import { classShape } from '../model/pyclasses.ts'
import type { Database } from '../query/database.ts'
import { displayPath, idParts } from '../resolve/ids.ts'
import { itemOf } from '../resolve/scopes.ts'
import { signature } from '../resolve/signature.ts'
import type { Ty } from '../resolve/ty.ts'
import type { ClassSource } from './class-source.ts'
import { isQuietClone } from './clone-reach.ts'
import { convertsByValue } from './own-conversions.ts'
import type { Problem } from './problems.ts'
import { fieldReach } from './python-free.ts'
import { spelled } from './raw-names.ts'

/** How a getter gives a value away. */
type Giving = 'copy' | 'clone' | 'py' | 'option-py'

/** The lines of explicit getters and setters, without indentation of the impl; `\n` between lines. */
export interface Accessors {
  readonly texts: readonly string[]
  readonly problem: Problem | null
}

/** Explicit `#[getter]`s and `#[setter]`s for the moved fields that PyO3 made them for. */
export function accessorTexts(
  source: ClassSource,
  moved: ReadonlySet<string>,
  read: string,
  write: string,
  unit: string,
): Accessors {
  const { cls } = source
  const fields = cls.fields.filter((it) => moved.has(it.name) && (it.get || it.set || cls.options.getAll || cls.options.setAll))
  if (fields.length === 0) return { texts: [], problem: null }
  if (cls.options.all.has('rename_all')) return fail('attribute', '`rename_all` names the attributes of the class')
  const taken = new Set(source.methods.map((it) => it.name))
  const texts: string[] = []
  for (const field of fields) {
    const give = givingOf(source, field.name)
    const get = field.get || cls.options.getAll
    const set = field.set || cls.options.setAll
    if (get && give === null)
      return fail('accessor-type', `it is not known how a getter can copy \`${field.name}: ${field.type}\``)
    const own = rustName(source, field)
    if (own === null) return fail('accessor-type', 'an attribute has no name in Rust')
    const getName = taken.has(own) ? `get_${own}` : spelled(own)
    const setName = `set_${own}`
    if ((get && taken.has(getName)) || (set && taken.has(setName)))
      return fail('name-clash', `there is a method \`${get && taken.has(getName) ? getName : setName}\` already`)
    const name = pythonName(source, field)
    if (get && give) texts.push(getterText(source, field, give, getName, name, read, unit))
    if (set) texts.push(setterText(source, field, setName, name, write, unit))
  }
  return { texts, problem: null }
}

function fail(reason: Problem['reason'], detail: string): Accessors {
  return { texts: [], problem: { reason, detail } }
}

/** What the accessors of a field are called in Rust: as the field, or as Python calls it; null where that is no name. */
function rustName(source: ClassSource, field: PyField): string | null {
  if (source.struct.shape !== 'tuple') return field.name
  const name = pythonName(source, field)
  return name !== null && /^[a-z_]\w*$/.test(name) && !KEYWORD.test(name) ? name : null
}

const KEYWORD =
  /^(?:_|abstract|as|async|await|become|box|break|const|continue|crate|do|dyn|else|enum|extern|false|final|fn|for|gen|if|impl|in|let|loop|macro|match|mod|move|mut|override|priv|pub|ref|return|self|static|struct|super|trait|true|try|type|typeof|unsafe|unsized|use|virtual|where|while|yield)$/

/** `name = "…"` of the field's `#[pyo3(…)]`; null without. */
export function pythonName(source: ClassSource, field: PyField): string | null {
  const item = source.struct.fields.find((it) => it.name === field.name)
  for (const { meta } of effectiveMetas(item?.attrs ?? [])) {
    if (meta.path === 'pyo3') for (const it of meta.args ?? []) if (it.path === 'name' && it.value) return it.value
  }
  return null
}

function getterText(
  source: ClassSource,
  field: PyField,
  give: Giving,
  fn: string,
  name: string | null,
  read: string,
  unit: string,
): string {
  const py = give === 'py' || give === 'option-py'
  const value = { copy: '', clone: '.clone()', py: '.clone_ref(py)', 'option-py': '.as_ref().map(|it| it.clone_ref(py))' }[give]
  const attribute = name === null ? '#[getter]' : `#[getter(${name})]`
  const head = `fn ${fn}(&self${py ? ", py: Python<'_>" : ''}) -> ${field.type} {`
  const chain = `self.${read}().${spelled(field.name)}${value}`
  const body =
    chain.length <= 60
      ? `${unit}${chain}`
      : `${unit}self.${read}()\n${unit}${unit}.${spelled(field.name)}${value.replaceAll(/\.(?=as_ref|map|clone)/g, `\n${unit}${unit}.`)}`
  return [...docLines(source, field), attribute, head, body, '}'].join('\n')
}

function setterText(source: ClassSource, field: PyField, fn: string, name: string | null, write: string, unit: string): string {
  const attribute = name === null ? '#[setter]' : `#[setter(${name})]`
  const head = `fn ${fn}(&self, value: ${field.type}) {`
  const free = (fieldReach(source).get(field.name) ?? 'opaque') === 'free'
  // Dropping what was there may run Python code, so it waits until the lock is free again.
  const body = free
    ? [`${unit}self.${write}().${spelled(field.name)} = value;`]
    : [`${unit}let old = std::mem::replace(&mut self.${write}().${spelled(field.name)}, value);`, `${unit}drop(old);`]
  return [attribute, head, ...body, '}'].join('\n')
}

export function docLines(source: ClassSource, field: PyField): string[] {
  const item = source.struct.fields.find((it) => it.name === field.name)
  if (!item || source.struct.shape === 'tuple') return []
  const { start } = source.structAt
  const text = source.text.slice(start + item.span.start, start + item.nameSpan.start)
  return [...text.matchAll(/^[ \t]*(\/\/\/.*?)\r?$/gm)].map(([, line = '']) => line)
}

/** How a field's value can be given away: by copy, by `clone`, or with one more reference; null if that is not known. */
function givingOf(source: ClassSource, name: string): Giving | null {
  const { db } = source.view
  const found = signature(db, source.cls.id)?.fields.filter((it) => it.name === name) ?? []
  const [field] = found
  if (!field || found.length !== 1) return null
  if (isPy(field.ty)) return 'py'
  if (isStd(field.ty, 'std::option::Option') && field.ty.kind === 'adt' && field.ty.args[0] && isPy(field.ty.args[0]))
    return 'option-py'
  return cloneOf(db, field.ty, 0)
}

function isPy(ty: Ty): boolean {
  return ty.kind === 'adt' && idParts(ty.def).kind === 'fact' && /^pyo3::(?:\w+::)*Py$/.test(displayPath(ty.def, ''))
}

function isStd(ty: Ty, path: string): boolean {
  return ty.kind === 'adt' && idParts(ty.def).kind === 'fact' && displayPath(ty.def, '') === path
}

const CLONED =
  /^std::(?:string::String|vec::Vec|path::PathBuf|time::Duration|collections::(?:\w+::)*(?:HashMap|HashSet|BTreeMap|BTreeSet|VecDeque))$/

/** Types that are `Clone` and that PyO3 turns into Python objects by value as it does by reference. */
export function cloneOf(db: Database, ty: Ty, depth: number): 'copy' | 'clone' | null {
  if (depth > 16) return null
  if (ty.kind === 'prim') return ty.name === 'str' ? null : 'copy'
  if (ty.kind === 'tuple') return both(ty.items.map((it) => cloneOf(db, it, depth + 1)))
  if (ty.kind === 'array') return cloneOf(db, ty.inner, depth + 1)
  if (ty.kind !== 'adt') return null
  const args = both(ty.args.map((it) => cloneOf(db, it, depth + 1)))
  if (isStd(ty, 'std::option::Option')) return args
  if (idParts(ty.def).kind === 'fact') {
    const own = ty.args.filter(
      (it) => !isStd(it, 'std::hash::RandomState') && !/RandomState|Global/.test(it.kind === 'adt' ? it.def : ''),
    )
    return CLONED.test(displayPath(ty.def, '')) && both(own.map((it) => cloneOf(db, it, depth + 1))) !== null ? 'clone' : null
  }
  const item = itemOf(db, ty.def)?.item
  if (item && !classShape(db, ty.def))
    return args !== null && convertsByValue(db, ty.def) && isQuietClone(db, ty) ? 'clone' : null
  if (!item || ty.args.length > 0) return null
  const traits = derives(item.attrs)
  return traits.includes('Copy') ? 'copy' : traits.includes('Clone') ? 'clone' : null
}

function both(all: readonly ('copy' | 'clone' | null)[]): 'copy' | 'clone' | null {
  return all.includes(null) ? null : all.includes('clone') ? 'clone' : 'copy'
}
