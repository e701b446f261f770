/**
 * Makes `test/rewrites/list/classes.tsv`: every class of the corpus that is not frozen and has a method with an exclusive borrow that
 * Python can call, found in the text alone, with what stands in the way of a rewrite. Nothing of the analyser is used.
 *
 *   node scripts/rewrites/list.ts [--write]
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { corpusPackages, packageFolder } from '../corpus/packages.ts'
import { blockersOf } from './list/blockers.ts'
import { listedClasses } from './list/classes.ts'
import { CLASS_LIST, type ClassRow, readClassList, rowsText } from './list/rows.ts'

/** Words by which a body shows that it works with Python objects. */
const PYTHON =
  /\b(?:Python|py|Bound|PyAny|PyObject|PyDict|PyList|PyTuple|PyModule|with_gil|attach|clone_ref|getattr|setattr)\b|\bPy\s*(?:<|::)|\.\s*(?:call\w*|extract|into_py\w*|to_object|downcast\w*|cast\w*|import)\s*(?:\(|::)/

function main(): number {
  const rows = new Map<string, ClassRow>()
  for (const pack of corpusPackages()) {
    const root = packageFolder(pack)
    if (!existsSync(root)) throw new Error(`${root} is not there: npm run corpus brings it`)
    const listed = listedClasses(root)
    for (const cls of listed) {
      const inside = path.posix.relative(cls.crate.folder, cls.file)
      const key = [cls.crate.name, cls.name, inside].join('\t')
      if (rows.has(key)) continue
      rows.set(key, {
        package: pack.name,
        crate: cls.crate.name,
        class: cls.name,
        file: cls.file,
        line: cls.line,
        methods: cls.exclusive.length,
        python: cls.exclusive.some((it) => PYTHON.test(it.body)),
        blockers: blockersOf(cls, listed),
      })
    }
  }
  const text = rowsText([...rows.values()])
  const isNew = !existsSync(CLASS_LIST) || rowsText(readClassList()) !== text
  if (process.argv.includes('--write')) {
    mkdirSync(path.dirname(CLASS_LIST), { recursive: true })
    writeFileSync(CLASS_LIST, text)
  } else if (isNew) console.error(`${CLASS_LIST} is not what the corpus says`)
  report([...rows.values()])
  return isNew && !process.argv.includes('--write') ? 1 : 0
}

function report(rows: readonly ClassRow[]): void {
  const free = rows.filter((it) => it.blockers.length === 0)
  console.log(
    `${rows.length} classes; ${free.length} without a blocker, ${free.filter((it) => it.python).length} of them with Python in a body`,
  )
  const counts = new Map<string, number>()
  for (const blocker of rows.flatMap((it) => it.blockers)) counts.set(blocker, (counts.get(blocker) ?? 0) + 1)
  for (const [blocker, count] of [...counts].sort((a, b) => b[1] - a[1])) console.log(`${String(count).padStart(5)}  ${blocker}`)
}

process.exitCode = main()
