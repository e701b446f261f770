import { beforeAll, describe, expect, it } from 'vitest'
import { loadGrammar } from '../../scripts/load-grammar.ts'
import { Database, query } from '../../server/src/query/database.ts'
import { factsOf } from '../../server/src/syntax/body.ts'
import { filePositions, fileSummary, itemFacts, itemId } from '../../server/src/syntax/queries.ts'

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

describe('itemFacts', () => {
  beforeAll(loadGrammar)

  it('parses one body for a key press in a body', () => {
    const db = new Database()
    const keys = ['fn f', 'impl S/fn g', 'impl S/fn h']
    const methods = (): string[] =>
      keys.flatMap((key) =>
        factsOf(itemFacts(db, itemId('a.rs', key)) ?? { facts: [], errors: [], failure: null }, 'method').map(
          ({ fact }) => fact.name,
        ),
      )
    db.setText('a.rs', 'fn f() { a.one() }\nimpl S { fn g() { b.two() } fn h() { c.three() } }')
    expect(methods()).toEqual(['one', 'two', 'three'])
    expect(db.counters()).toMatchObject({ bodiesParsed: 3 })
    db.resetCounters()
    db.setText('a.rs', '// moved\nfn f() { a.one(); x }\nimpl S { fn g() { b.two() } fn h() { c.three() } }')
    expect(methods()).toEqual(['one', 'two', 'three'])
    expect(db.counters()).toMatchObject({ bodiesParsed: 1 })
    db.setText('a.rs', 'fn f();')
    expect(itemFacts(db, itemId('a.rs', 'fn f'))).toBeNull()
    expect(itemFacts(db, itemId('a.rs', 'impl S/fn g'))).toBeNull()
  })
})
