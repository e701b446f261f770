import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runSync } from '../server/src/driver/driver.ts'
import { readGrammars } from '../server/src/host/grammars.ts'
import { memoryHost } from '../server/src/host/memory.ts'
import { MAX_FILE_BYTES, nodeHost } from '../server/src/host/node.ts'
import { crateGraph } from '../server/src/project/crate-graph.ts'
import { workspacesAt } from '../server/src/project/workspace.ts'
import { Database } from '../server/src/query/database.ts'

let dir = ''
const refused: string[] = []
const host = nodeHost((path, reason) => refused.push(`${path.slice(dir.length)}: ${reason}`))

beforeAll(() => {
  dir = mkdtempSync(`${tmpdir().replaceAll('\\', '/')}/host-`)
  mkdirSync(`${dir}/crate/src`, { recursive: true })
  writeFileSync(`${dir}/crate/Cargo.toml`, '[package]\nname = "demo"\n')
  writeFileSync(`${dir}/crate/src/lib.rs`, '')
  writeFileSync(`${dir}/bom.rs`, '\ufeffmod x;\r\n')
  writeFileSync(`${dir}/latin1.rs`, Buffer.from([0x2f, 0x2f, 0xe9, 0x0a]))
  writeFileSync(`${dir}/exact.rs`, Buffer.alloc(MAX_FILE_BYTES, 0x20))
  writeFileSync(`${dir}/huge.rs`, Buffer.alloc(MAX_FILE_BYTES + 1, 0x20))
})

afterAll(() => rmSync(dir, { recursive: true, force: true }))

describe.each([
  ['at once', async (path: string) => host.readFileSync(`${dir}/${path}`)],
  ['later', (path: string) => host.readFile(`${dir}/${path}`)],
])('files, %s', (_, read) => {
  test('the byte order mark and CRLF stay', async () => {
    expect(await read('bom.rs')).toBe('\ufeffmod x;\r\n')
  })

  test('invalid UTF-8 becomes U+FFFD', async () => {
    expect(await read('latin1.rs')).toBe('//\ufffd\n')
  })

  test('absence is no problem to tell, a file that is too large is', async () => {
    refused.length = 0
    expect(await read('nowhere.rs')).toBe(null)
    expect(await read('bom.rs/below')).toBe(null)
    expect(await read('crate')).toBe(null)
    expect((await read('exact.rs'))?.length).toBe(MAX_FILE_BYTES)
    expect(refused).toEqual([])
    expect(await read('huge.rs')).toBe(null)
    expect(refused).toEqual(['/huge.rs: larger than 5 MB'])
  })
})

describe('directories', () => {
  test('folders end in a slash; what is not there is null', async () => {
    expect(host.readDirectorySync(`${dir}/crate`)).toEqual(['Cargo.toml', 'src/'])
    expect(await host.readDirectory(`${dir}/crate`)).toEqual(['Cargo.toml', 'src/'])
    expect([host.readDirectorySync(`${dir}/nowhere`), await host.readDirectory(`${dir}/bom.rs`)]).toEqual([null, null])
  })

  test.skipIf(process.platform === 'win32')('a symbolic link that leads back is not followed, one to a file is a file', () => {
    symlinkSync(`${dir}/crate`, `${dir}/crate/src/loop`)
    symlinkSync(`${dir}/crate/src/lib.rs`, `${dir}/crate/src/link.rs`)
    symlinkSync(`${dir}/gone`, `${dir}/crate/src/broken.rs`)
    symlinkSync(`${dir}/crate/src/self`, `${dir}/crate/src/self`)
    expect(host.readDirectorySync(`${dir}/crate/src`)).toEqual(['lib.rs', 'link.rs'])
    refused.length = 0
    expect(host.readFileSync(`${dir}/crate/src/self`)).toBe(null)
    expect(refused).toEqual(['/crate/src/self: ELOOP'])
    const { value, stats } = runSync(new Database(), host, (db) =>
      workspacesAt(db, dir).map((root) => crateGraph(db, root).members.length),
    )
    expect(value).toEqual([1])
    expect(stats).toMatchObject({ rounds: 1, complete: true })
  })
})

test('a host in memory lists what its paths imply', async () => {
  const memory = memoryHost({ '/a/b/c.rs': 'x', '/a/d.rs': 'y' })
  expect(memory.readDirectorySync('/a')).toEqual(['b/', 'd.rs'])
  expect(await memory.readDirectory('/a/b')).toEqual(['c.rs'])
  expect([memory.readDirectorySync('/x'), memory.readFileSync('/a'), await memory.readFile('/a/d.rs')]).toEqual([null, null, 'y'])
})

test('the grammars are WebAssembly modules', () => {
  const { runtime, rust } = readGrammars()
  for (const bytes of [runtime, rust]) expect([...bytes.subarray(0, 4)]).toEqual([0x00, 0x61, 0x73, 0x6d])
})
