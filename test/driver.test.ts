import { describe, expect, test } from 'vitest'
import { MAX_ROUNDS, run, runSync } from '../server/src/driver/driver.ts'
import { memoryHost } from '../server/src/host/memory.ts'
import { Cancelled, Database, query } from '../server/src/query/database.ts'

/** A file names the next one; the value is how long the chain is. */
const chain: (db: Database, path: string) => number = query('chain', (db: Database, path: string): number => {
  const next = db.text(path)
  return next === null || next === '' ? 0 : 1 + chain(db, next)
})

/** A directory's files, each read. */
const total = query('total', (db: Database, dir: string) =>
  (db.directory(dir) ?? []).reduce((sum, name) => sum + (db.text(`${dir}/${name}`)?.length ?? 0), 0),
)

const chained = (length: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: length + 1 }, (_, i) => [`/${i}`, i < length ? `/${i + 1}` : '']))

describe('at once', () => {
  test('needs one round however deep the files lead', () => {
    const { value, stats } = runSync(new Database(), memoryHost(chained(100)), (db) => chain(db, '/0'))
    expect(value).toBe(100)
    expect(stats).toMatchObject({ rounds: 1, filesRead: 101, complete: true })
  })

  test('reads every file once, over several runs', () => {
    const host = memoryHost({ '/d/a': 'xx', '/d/b': 'yyy' })
    const db = new Database()
    runSync(db, host, (d) => total(d, '/d'))
    const { value, stats } = runSync(db, host, (d) => total(d, '/d'))
    expect(value).toBe(5)
    expect(stats).toMatchObject({ filesRead: 0, directoriesRead: 0 })
    expect(host.asked).toEqual(['/d/', '/d/a', '/d/b'])
  })

  test('an open document wins over the disk', () => {
    const db = new Database()
    db.setText('/d/a', 'edited')
    expect(runSync(db, memoryHost({ '/d/a': 'xx' }), (d) => total(d, '/d')).value).toBe(6)
  })
})

describe('in slices', () => {
  test('a round for each step, one batch of what is known to be needed', async () => {
    const files = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`/d/${i}`, 'x']))
    const { value, stats } = await run(new Database(), memoryHost(files), (db) => total(db, '/d'))
    expect(value).toBe(200)
    expect(stats).toEqual({ rounds: 3, filesRead: 200, directoriesRead: 1, charactersRead: 200, complete: true })
  })

  test('never more than 64 reads at a time', async () => {
    const files = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`/d/${i}`, 'x']))
    const host = memoryHost(files)
    let running = 0
    let most = 0
    const slow = {
      ...host,
      readFile: async (path: string) => {
        most = Math.max(most, ++running)
        await Promise.resolve()
        running--
        return host.readFile(path)
      },
    }
    await run(new Database(), slow, (db) => total(db, '/d'))
    expect(most).toBe(64)
  })

  test('gives up after so many rounds and says so', async () => {
    const { value, stats } = await run(new Database(), memoryHost(chained(100)), (db) => chain(db, '/0'))
    expect(stats).toMatchObject({ rounds: MAX_ROUNDS, complete: false })
    expect(value).toBe(MAX_ROUNDS - 1)
  })

  test('other events get their turn, and finished work is not repeated', async () => {
    const busy = query('busy', (_: Database, n: number) => {
      let x = n
      for (let i = 0; i < 20_000; i++) x = (x * 31 + i) % 1_000_003
      return x
    })
    const all = query('all', (db: Database, n: number): number => {
      let sum = 0
      for (let i = 0; i < n; i++) sum += busy(db, i)
      return sum
    })
    let turns = 0
    let over = false
    const count = (): void => {
      turns++
      if (!over) setImmediate(count)
    }
    setImmediate(count)
    const db = new Database()
    const { value } = await run(db, memoryHost({}), (d) => all(d, 2_000), { yieldEvery: 1 })
    over = true
    expect(turns).toBeGreaterThan(2)
    expect(db.counters()['query:busy']).toBe(2_000)
    expect(value).toBe(all(new Database(), 2_000))
  })

  test('a deep chain of queries ends although none is finished within a slice', async () => {
    const deep: (db: Database, n: number) => number = query('deep', (db: Database, n: number): number => {
      let x = 0
      for (let i = 0; i < 5_000; i++) x += i
      return n === 0 ? x - x : 1 + deep(db, n - 1)
    })
    expect((await run(new Database(), memoryHost({}), (db) => deep(db, 1_000), { yieldEvery: 0 })).value).toBe(1_000)
  })

  test('a signal stops it', async () => {
    const stop = new AbortController()
    const host = memoryHost(chained(10))
    const stopping = {
      ...host,
      readFile: (path: string) => {
        if (path === '/3') stop.abort()
        return host.readFile(path)
      },
    }
    const db = new Database()
    await expect(run(db, stopping, (d) => chain(d, '/0'), { signal: stop.signal })).rejects.toThrow(Cancelled)
    expect(host.asked).toEqual(['/0', '/1', '/2', '/3'])
    expect(await run(db, host, (d) => chain(d, '/0'))).toMatchObject({ value: 10 })
  })

  test('a newer revision stops it between slices', async () => {
    const db = new Database()
    db.setText('/a', 'x')
    const slow = query('slow', (d: Database, n: number): number => {
      const until = performance.now() + 0.2
      while (performance.now() < until);
      return (d.text('/a')?.length ?? 0) + n
    })
    const running = run(db, memoryHost({}), (d) => Array.from({ length: 2_000 }, (_, n) => slow(d, n)), { yieldEvery: 1 })
    setImmediate(() => db.setText('/a', 'xy'))
    await expect(running).rejects.toThrow(Cancelled)
    expect(slow(db, 1)).toBe(3)
  })

  test('what an editor opens while the disk is read is not overwritten', async () => {
    const db = new Database()
    const host = memoryHost({ '/d/a': 'xx' })
    const opening = {
      ...host,
      readFile: (path: string) => {
        db.setText('/d/a', 'edited')
        return host.readFile(path)
      },
    }
    expect((await run(db, opening, (d) => total(d, '/d'))).value).toBe(6)
  })

  test('a read that never answers or fails counts as absent and is told', async () => {
    const host = memoryHost({ '/d/a': 'xx', '/d/b': 'yyy', '/d/c': 'z' })
    const told: string[] = []
    const bad = {
      ...host,
      readFile: (path: string): Promise<string | null> => {
        if (path === '/d/a') return new Promise(() => {})
        return path === '/d/b' ? Promise.reject(new Error('denied')) : host.readFile(path)
      },
    }
    const onUnreadable = (path: string, reason: string): void => {
      told.push(`${path}: ${reason}`)
    }
    const db = new Database()
    expect((await run(db, bad, (d) => total(d, '/d'), { readTimeout: 20, onUnreadable })).value).toBe(1)
    expect(told.sort()).toEqual(['/d/a: no answer within 20 ms', '/d/b: denied'])
    expect(db.knows('/d/a')).toBe(true)
  })

  test('an error of the goal is the error of the run', async () => {
    await expect(
      run(new Database(), memoryHost({}), () => {
        throw new TypeError('no')
      }),
    ).rejects.toThrow(TypeError)
  })
})
