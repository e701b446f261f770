import { describe, expect, it } from 'vitest'
import { classVerdicts } from '../../server/src/autotraits/queries.ts'
import { verdictText } from '../../server/src/autotraits/verdicts.ts'
import type { CrateItem } from '../../server/src/resolve/items.ts'
import { type CaseRow, caseFiles, caseRows } from './cases.ts'
import { loadCrate } from './load.ts'

const files = caseFiles()
const crate = loadCrate(files)
const items = crate.items()

/** What the solver says in the form of the cases. */
function answer(row: CaseRow): readonly [string, string] {
  const item = items.find((each) => isAt(each, row))
  if (!item) return ['not found', 'not found']
  if (row.kind === 'type') {
    const [send, sync] = crate.alias(item)
    return [verdictText(send), verdictText(sync)]
  }
  const { send, sync } = crate.ask((db) => classVerdicts(db, item.id))
  return [verdictText(send), verdictText(sync)]
}

function isAt({ item, origin }: CrateItem, row: CaseRow): boolean {
  return (
    item.kind === row.kind &&
    item.name === row.name &&
    origin.file.endsWith(`/${row.file}`) &&
    keyAt(row) === origin.itemKey.replace(/#\d+$/, '')
  )
}

/** Items of one name in several modules of a file are told apart by the module in their key. */
function keyAt(row: CaseRow): string {
  const lines = (files.get(row.file) ?? '').split('\n').slice(0, row.line)
  const open: string[] = []
  for (const line of lines) {
    const mod = /^\s*(?:pub )?mod (\w+) \{(.*\})?/.exec(line)
    if (mod?.[1] && !mod[2]) open.push(mod[1])
    else if (/^\}/.test(line)) open.pop()
  }
  return [...open.map((name) => `mod ${name}`), `${row.kind} ${row.name}`].join('/')
}

describe('verdicts of source agree with rustc', () => {
  for (const [file, text] of files) {
    const rows = caseRows(file, text)
    if (rows.length === 0) continue
    it(file, () => {
      const wrong = rows.flatMap((row) => {
        const [send, sync] = answer(row)
        return send === row.send && sync === row.sync
          ? []
          : [`${file}:${row.line} ${row.name}: ${send} | ${sync}, rustc says ${row.send} | ${row.sync}`]
      })
      expect(wrong).toEqual([])
    })
  }
})
