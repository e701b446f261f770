import { afterGroup, lineOf } from '../../suites/source-text.ts'
import type { TextFile } from './expand.ts'
import { implsOf, type TextImpl, type TextMethod } from './methods.ts'
import { type TextCrate, textCrates } from './source.ts'
import { commaParts, leadingAttributes, type TextAttribute } from './text.ts'

/** A class that is not frozen and has a method with an exclusive borrow that Python can call. */
export interface ListedClass {
  readonly crate: TextCrate
  readonly name: string
  /** Relative to the package. */
  readonly file: string
  /** Of the `struct` keyword or the macro's call; 1-based. */
  readonly line: number
  /** The macro that makes the class, or its methods; null where both are written. */
  readonly macro: string | null
  readonly written: WrittenClass
  readonly impls: readonly TextImpl[]
  /** Methods with exclusive borrows. */
  readonly exclusive: readonly TextMethod[]
}

/** What the text of a class says. */
export interface WrittenClass {
  readonly keyword: string
  readonly isPub: boolean
  readonly attributes: readonly TextAttribute[]
  /** Keys and values of `pyclass(…)` and `pyo3(…)`. */
  readonly options: ReadonlyMap<string, string>
  /** Fields with their attributes, as written. */
  readonly fields: readonly string[]
}

/** All such classes below a folder, by crate, file and line. */
export function listedClasses(root: string): readonly ListedClass[] {
  return textCrates(root).flatMap((crate) => {
    const classes = crate.files.flatMap(classesIn)
    if (classes.length === 0) return []
    const impls = implsOf(crate)
    return classes.flatMap((cls): ListedClass[] => {
      if (cls.written.options.has('frozen')) return []
      const namesakes = classes.filter((it) => it.name === cls.name).map((it) => it.file)
      const matching = impls.filter((it) => it.type === cls.name && isNearest(cls.file, it.file, namesakes))
      const callable = matching.filter((it) => it.pymethods && it.methods.some((method) => method.exclusive))
      if (callable.length === 0) return []
      const macro = cls.macro ?? callable.find((it) => it.macro !== null)?.macro ?? null
      const exclusive = callable.flatMap((it) => it.methods.filter((method) => method.exclusive))
      return [{ ...cls, crate, macro, impls: matching, exclusive }]
    })
  })
}

/** Whether no other class of that name is nearer to the block: same file, then same folder. */
function isNearest(own: string, block: string, namesakes: readonly string[]): boolean {
  const shared = (file: string): number => {
    const [a, b] = [file.split('/'), block.split('/')]
    const differs = a.findIndex((it, index) => it !== b[index])
    return differs < 0 ? a.length : differs
  }
  return namesakes.every((it) => it === own || shared(it) <= shared(own))
}

type FoundClass = Pick<ListedClass, 'name' | 'file' | 'line' | 'macro' | 'written'>

/** Structs and enums with a `pyclass` attribute. */
function classesIn({ file, text, call }: TextFile): readonly FoundClass[] {
  if (!text.includes('pyclass')) return []
  return [...text.matchAll(/\b(struct|enum)\s+(\w+)/g)].flatMap((match): FoundClass[] => {
    const { attributes, rest } = leadingAttributes(text.slice(headStart(text, match.index), match.index))
    if (!attributes.some((it) => it.name === 'pyclass') || !/^[\s)*+?]*(?:pub\b[\s\S]*)?$/.test(rest)) return []
    const after = text.slice(match.index + match[0].length)
    const open = after.search(/[{(;]/)
    const body = open < 0 || after[open] === ';' ? '' : after.slice(open + 1, afterGroup(after, open) - 1)
    const pairs = attributes
      .filter((it) => it.name === 'pyclass' || it.name === 'pyo3')
      .flatMap((it) => commaParts(it.args).map((option) => option.split(/\s*=\s*/, 2)))
    const written = {
      keyword: match[1] ?? '',
      isPub: /\bpub\s*$/.test(rest),
      attributes,
      options: new Map(pairs.map(([key = '', value = '']) => [key.trim(), value.trim()])),
      fields: commaParts(body),
    }
    return [{ name: match[2] ?? '', file, line: call?.line ?? lineOf(text, match.index), macro: call?.macro ?? null, written }]
  })
}

/** End of the item before: attributes and the visibility belong to the class. */
function headStart(text: string, at: number): number {
  let depth = 0
  for (let index = at - 1; index >= 0; index--) {
    const character = text.charAt(index)
    if (')]'.includes(character)) depth++
    else if ('(['.includes(character)) depth--
    else if (depth === 0 && '{};'.includes(character)) return index + 1
  }
  return 0
}
