import { dirname } from '../../project/paths.ts'
import type { ModId } from '../../resolve/defs.ts'
import { moduleId } from '../../resolve/ids.ts'
import { moduleTree } from '../../resolve/module-tree.ts'
import type { ClassSource } from '../class-source.ts'
import { codeText } from '../code-texts.ts'
import { tokensIn } from '../tokens.ts'
import type { ClassMention } from './class-mentions.ts'
import { type ImportLeaf, leavesOf } from './import-paths.ts'

/** How code that is not in this build, tests above all, gets at the class: as far as its own paths and imports tell. */
export interface OffBuild {
  /** Keys of the leaves that it goes through. */
  readonly leaves: ReadonlySet<string>
  /** Folders of files that no module of this build is in, and that name the class: their `super` is not known. */
  readonly loose: ReadonlySet<string>
}

export function leafKey({ item, leaf }: ImportLeaf): string {
  return `${item.id}\n${leaf.span.start}`
}

/** @param mentions those outside this build */
export function offBuild(source: ClassSource, mentions: readonly ClassMention[]): OffBuild {
  const leaves = new Set<string>()
  const loose = new Set<string>()
  const root = moduleId(source.cls.crate, '')
  for (const file of new Set(mentions.map((it) => it.file))) {
    // Tests and examples beside `src` are crates of their own: they get at what is `pub`, which stays.
    if (/\/(?:tests|benches|examples)\//.test(file) && !/\/src\//.test(file)) continue
    const home = moduleOfFile(source, file)
    if (home === null) loose.add(dirname(file) ?? '')
    const add = (module: ModId | null, segments: readonly string[]): void => {
      for (const it of (module === null ? null : leavesOf(source, module, segments)) ?? []) leaves.add(leafKey(it))
    }
    const own = mentions.filter((it) => it.file === file)
    for (const { segments } of own) {
      const [first, ...rest] = segments ?? []
      if (first === 'crate') add(root, rest)
      else
        add(
          home,
          (segments ?? []).filter((it) => it !== 'super' && it !== 'self'),
        )
    }
    for (const [first, ...rest] of globsIn(codeText(source.view.db, file) ?? '')) {
      if (first === 'crate') add(root, [...rest, source.cls.name])
      else add(home, [...[first ?? '', ...rest].filter((it) => it !== 'super' && it !== 'self'), source.cls.name])
    }
  }
  return { leaves, loose }
}

/** Whether such code may go through an import that a file has. */
export function mayReach({ leaves, loose }: OffBuild, leaf: ImportLeaf, file: string): boolean {
  const folders = [dirname(file), file.replace(/\.rs$/, '')]
  return leaves.has(leafKey(leaf)) || folders.some((it) => it !== null && loose.has(it))
}

function moduleOfFile(source: ClassSource, file: string): ModId | null {
  const { modules } = moduleTree(source.view.db, source.cls.crate)
  return modules.find((it) => it.file === file && !it.block)?.id ?? null
}

/** The paths of the globs that a file imports. */
function globsIn(text: string): string[][] {
  const tokens = tokensIn(text)
  return tokens.flatMap(({ text: word }, i) => {
    if (word !== '*' || tokens[i - 1]?.text !== ':' || tokens[i - 2]?.text !== ':') return []
    const path: string[] = []
    for (let at = i - 3; at >= 0; at -= 3) {
      path.unshift(tokens[at]?.text ?? '')
      if (tokens[at - 1]?.text !== ':') break
    }
    return [path]
  })
}
