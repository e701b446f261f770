import { describe, expect, it } from 'vitest'
import { Database, query } from '../../server/src/query/database.ts'
import { filePositions, fileSummary } from '../../server/src/syntax/queries.ts'

const names = query('names', (db, path: string) => fileSummary(db, path)?.items.map((item) => item.name) ?? null)

describe('fileSummary', () => {
  it('stays the same through an edit in a body', () => {
    const db = new Database()
    db.setText('a.rs', 'fn f() { one() }\nstruct S { x: u8 }')
    expect(names(db, 'a.rs')).toEqual(['f', 'S'])
    const summary = fileSummary(db, 'a.rs')
    const end = filePositions(db, 'a.rs')?.items.get('struct S')?.end
    db.resetCounters()
    db.setText('a.rs', 'fn f() { one(); two() }\nstruct S { x: u8 }')
    expect(names(db, 'a.rs')).toEqual(['f', 'S'])
    expect(fileSummary(db, 'a.rs')).toBe(summary)
    expect(filePositions(db, 'a.rs')?.items.get('struct S')?.end).toBe((end ?? 0) + 7)
    expect(db.counters()).not.toHaveProperty(['query:names'])
    expect(db.counters()).toMatchObject({ filesParsed: 1 })
    db.setText('a.rs', 'fn g() { one() }\nstruct S { x: u8 }')
    expect(names(db, 'a.rs')).toEqual(['g', 'S'])
  })

  it('is null where there is no file', () => {
    const db = new Database()
    db.setText('a.rs', null)
    expect(fileSummary(db, 'a.rs')).toBeNull()
    expect(filePositions(db, 'a.rs')).toBeNull()
  })
})
