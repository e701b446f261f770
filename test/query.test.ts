import { describe, expect, test } from 'vitest'
import { Database, query } from '../server/src/query/database.ts'

const length = query('length', (db: Database, path: string) => db.text(path)?.length ?? -1)
const isLong = query('isLong', (db: Database, path: string) => length(db, path) > 3)
const report = query('report', (db: Database, path: string) => `${path} is ${isLong(db, path) ? 'long' : 'short'}`)

function runs(db: Database): Record<string, number> {
  const counts = { ...db.counters() }
  db.resetCounters()
  return counts
}

describe('red-green', () => {
  test('recalls what nothing changed', () => {
    const db = new Database()
    db.setText('a', 'hello')
    expect(report(db, 'a')).toBe('a is long')
    runs(db)
    expect(report(db, 'a')).toBe('a is long')
    expect(runs(db)).toEqual({})
  })

  test('an unrelated input re-runs nothing', () => {
    const db = new Database()
    db.setText('a', 'hello')
    report(db, 'a')
    runs(db)
    db.setText('b', 'x')
    report(db, 'a')
    expect(runs(db)).toEqual({})
  })

  test('stops where a value comes out the same', () => {
    const db = new Database()
    db.setText('a', 'hello')
    report(db, 'a')
    runs(db)
    db.setText('a', 'hallo')
    expect(report(db, 'a')).toBe('a is long')
    expect(runs(db)).toEqual({ 'query:length': 1 })
    db.setText('a', 'hello!')
    report(db, 'a')
    expect(runs(db)).toEqual({ 'query:length': 1, 'query:isLong': 1 })
    db.setText('a', 'x')
    expect(report(db, 'a')).toBe('a is short')
    expect(runs(db)).toEqual({ 'query:length': 1, 'query:isLong': 1, 'query:report': 1 })
  })

  test('does not run a query that the new values no longer ask for', () => {
    const choice = query('choice', (db: Database, _: string) => (db.text('switch') === 'on' ? length(db, 'big') : 0))
    const db = new Database()
    db.setText('switch', 'on')
    db.setText('big', 'hello')
    expect(choice(db, '')).toBe(5)
    runs(db)
    db.setText('switch', 'off')
    db.setText('big', 'hello world')
    expect(choice(db, '')).toBe(0)
    expect(runs(db)).toEqual({ 'query:choice': 1 })
  })

  test('settings compare by value', () => {
    const setting = query('setting', (db: Database, _: string) => db.setting<{ a: number }>('s')?.a ?? 0)
    const db = new Database()
    expect(setting(db, '')).toBe(0)
    db.setSetting('s', { a: 1 })
    expect(setting(db, '')).toBe(1)
    runs(db)
    db.setSetting('s', { a: 1 })
    setting(db, '')
    expect(runs(db)).toEqual({})
  })

  test('a forgotten input is asked for again', () => {
    const db = new Database()
    db.setText('a', 'hello')
    report(db, 'a')
    db.endRound()
    db.forget('a')
    expect(db.knows('a')).toBe(false)
    report(db, 'a')
    expect([...db.endRound().files]).toEqual(['a'])
    db.setText('a', 'x')
    expect(report(db, 'a')).toBe('a is short')
  })
})

describe('missing inputs', () => {
  test('are listed once and read as absent; results that saw them are forgotten', () => {
    const db = new Database()
    expect(report(db, 'a')).toBe('a is short')
    expect(report(db, 'a')).toBe('a is short')
    expect([...db.endRound().files]).toEqual(['a'])
    db.setText('a', 'hello')
    expect(report(db, 'a')).toBe('a is long')
    expect(db.endRound().files.size).toBe(0)
  })

  test('absence is an answer: it is not asked for again, and creating the file counts', () => {
    const db = new Database()
    report(db, 'a')
    db.endRound()
    db.setText('a', null)
    runs(db)
    expect(report(db, 'a')).toBe('a is short')
    expect(db.endRound().files.size).toBe(0)
    expect(runs(db)['query:report']).toBe(1)
    report(db, 'a')
    expect(runs(db)).toEqual({})
    db.setText('a', 'hello')
    expect(report(db, 'a')).toBe('a is long')
  })

  test('complete results survive the round, provisional ones do not', () => {
    const db = new Database()
    db.setText('a', 'hello')
    const both = query('both', (d: Database, _: string) => length(d, 'a') + length(d, 'b'))
    both(db, '')
    db.endRound()
    runs(db)
    db.setText('b', '!')
    expect(both(db, '')).toBe(6)
    expect(runs(db)).toEqual({ 'query:both': 1, 'query:length': 1 })
  })

  test('directories are inputs of their own', () => {
    const names = query('names', (db: Database, path: string) => db.directory(path)?.join() ?? null)
    const db = new Database()
    expect(names(db, '/d')).toBe(null)
    const missing = db.endRound()
    expect([[...missing.files], [...missing.directories]]).toEqual([[], ['/d']])
    db.setDirectory('/d', ['a', 'b/'])
    expect(names(db, '/d')).toBe('a,b/')
  })

  test('a loader answers at once', () => {
    const db = new Database()
    db.loader = { text: (path) => (path === 'a' ? 'hello' : null), directory: () => null }
    expect([report(db, 'a'), report(db, 'b')]).toEqual(['a is long', 'b is short'])
    expect(db.endRound().files.size).toBe(0)
    expect([db.knows('a'), db.knows('b'), db.knows('c')]).toEqual([true, true, false])
  })
})

describe('cycles', () => {
  test('without a stand-in value a cycle is an error, and the database stays usable', () => {
    const loop: (db: Database, key: string) => number = query('loop', (db: Database, key: string): number => loop(db, key) + 1)
    const db = new Database()
    expect(() => loop(db, 'x')).toThrow('query loop(x) depends on itself')
    db.setText('a', 'hello')
    expect(report(db, 'a')).toBe('a is long')
  })

  test('what was computed inside an unfinished cycle is not published', () => {
    const edges: Readonly<Record<string, readonly string[]>> = { a: ['b'], b: ['c', 'a'], c: ['a', 'd'], d: [] }
    const reach: (db: Database, key: string) => string = query(
      'reach',
      (db: Database, key: string): string =>
        [...new Set([key, ...(edges[key] ?? []).flatMap((next) => [...reach(db, next)])])].sort().join(''),
      { cycle: () => '' },
    )
    const alone = (key: string): string => reach(new Database(), key)
    for (const first of 'abcd') {
      const db = new Database()
      reach(db, first)
      for (const key of 'abcd') expect(reach(db, key), `${key} after ${first}`).toBe(alone(key))
    }
    expect(alone('c')).toBe('abcd')
  })

  test('an interrupted cycle leaves no half results', () => {
    let broken = true
    const first: (db: Database, key: string) => number = query(
      'first',
      (db: Database, key: string): number => {
        const value = second(db, key)
        if (broken) throw new Error('interrupted')
        return value + 1
      },
      { cycle: () => 100 },
    )
    const second: (db: Database, key: string) => number = query(
      'second',
      (db: Database, key: string): number => first(db, key) + 1,
      { cycle: () => 200 },
    )
    const db = new Database()
    expect(() => first(db, 'k')).toThrow('interrupted')
    broken = false
    expect(first(db, 'k')).toBe(102)
    // Not the 101 that it had while `first` was unfinished.
    expect(second(db, 'k')).toBe(103)
  })
})

test('checkpoints come every 256 computations and may interrupt: finished results stay', () => {
  const sum = query('sum', (db: Database, n: number): number => {
    let total = 0
    for (let i = 0; i < n; i++) total += length(db, `f${i}`)
    return total
  })
  const db = new Database()
  for (let i = 0; i < 600; i++) db.setText(`f${i}`, 'xx')
  let calls = 0
  db.onCheckpoint = () => {
    if (++calls === 2) throw new Error('stop')
  }
  expect(() => sum(db, 600)).toThrow('stop')
  const before = db.counters()['query:length'] ?? 0
  expect(before).toBeGreaterThan(500)
  expect(sum(db, 600)).toBe(1200)
  expect(db.counters()['query:length']).toBe(600)
})
