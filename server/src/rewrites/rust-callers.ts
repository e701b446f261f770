import { expansionById } from '../resolve/expansion-store.ts'
import { childModuleId } from '../resolve/ids.ts'
import { moduleTree } from '../resolve/module-tree.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { codeText } from './code-texts.ts'
import { codeToSearch } from './mentions.ts'
import type { MovePlan } from './plan.ts'
import { isPublicApi } from './public-api.ts'
import { tokensIn } from './tokens.ts'

/** A method that is called from anywhere but the moved bodies keeps a place on the class; so does one that others may call. */
export function needsWrapper(source: ClassSource, plan: MovePlan, method: MethodSource): boolean {
  const open = method.fn.vis === 'pub' && isPublicApi(source)
  return method.impl.kind !== 'inherent' || open || hasRustCaller(source, plan, method)
}

/** Whether something but a moved body may call a method, in Rust: a token of its name after `.` or `::`. Private names end with their module. */
export function hasRustCaller(source: ClassSource, plan: MovePlan, method: MethodSource): boolean {
  const { db } = source.view
  for (const file of method.fn.vis === 'private' && method.impl.kind !== 'trait'
    ? modulesBelow(source, method)
    : codeToSearch(db, source.cls.crate)) {
    const text = codeText(db, file)
    if (!text?.includes(method.name)) continue
    const tokens = tokensIn(text)
    for (const [i, token] of tokens.entries()) {
      if (token.text !== method.name) continue
      const before = tokens[i - 1]?.text
      const next = tokens[i + 1]?.text
      if (before !== '.' && before !== ':') continue
      // A field, not a method: only a call names a method after a dot.
      if (before === '.' && next !== '(' && next !== ':') continue
      const inside = (it: MethodSource): boolean => it.body.start <= token.start && token.end <= it.body.end
      const caller = plan.moved.find((it) => it.impl.file === file && inside(it))
      if (!caller || before !== '.' || tokens[i - 2]?.text !== caller.selfName || tokens[i - 3]?.text === '.') return true
    }
  }
  return false
}

/** Where a method is called by its path, as `Counter::tick(it)`; null if nowhere. A `PyRef` could then be what is passed. */
export function pathCaller(source: ClassSource, method: MethodSource): { readonly file: string; readonly at: number } | null {
  const { db } = source.view
  for (const file of codeToSearch(db, source.cls.crate)) {
    const text = codeText(db, file)
    if (!text?.includes(method.name)) continue
    const tokens = tokensIn(text)
    const at = tokens.findIndex(
      (it, i) =>
        it.text === method.name &&
        tokens[i - 1]?.text === ':' &&
        (tokens[i - 3]?.text === 'Self' || tokens[i - 3]?.text === source.cls.name || tokens[i - 3]?.text === '>'),
    )
    if (at >= 0) return { file, at: tokens[at]?.start ?? 0 }
  }
  return null
}

/** Files and expansions in which a private name of the module of a method may be used: not those that only belong to modules elsewhere. */
function modulesBelow({ view: { db }, cls }: ClassSource, { impl }: MethodSource): readonly string[] {
  const home = impl.module.module
  const inside = childModuleId(home, '')
  const { modules } = moduleTree(db, cls.crate)
  const below = (id: string): boolean => id === home || id.startsWith(inside)
  const visible = new Set(modules.filter((it) => below(it.id)).map((it) => it.file))
  const elsewhere = new Set(modules.filter((it) => !below(it.id) && !visible.has(it.file)).map((it) => it.file))
  return [...codeToSearch(db, cls.crate)].filter((it) => !elsewhere.has(expansionById(db, it)?.file ?? it))
}
