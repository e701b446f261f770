import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * A way to ask rustc about many types at once without one failed build each: an inherent constant exists only where the
 * type has the trait and wins over the constant of the same name that a trait gives to every type. The answers end up as
 * bytes in the compiled library, where they are found by a mark; nothing has to be linked or run.
 */
export const PROBE_MODULE = `
#[allow(dead_code)]
pub mod auto_trait_probe {
    pub struct Probe<T: ?Sized>(core::marker::PhantomData<T>);
    pub trait Otherwise { const SEND: u8 = b'n'; const SYNC: u8 = b'n'; }
    impl<T: ?Sized> Otherwise for Probe<T> {}
    impl<T: ?Sized + Send> Probe<T> { pub const SEND: u8 = b'y'; }
    impl<T: ?Sized + Sync> Probe<T> { pub const SYNC: u8 = b'y'; }
    pub const fn row(id: u32, send: u8, sync: u8) -> [u8; 16] {
        let i = id.to_be_bytes();
        [0xA7, b'p', b'r', b'o', b'b', b'e', 0xA7, b':', i[0], i[1], i[2], i[3], send, sync, b';', 0xA7]
    }
}
`

/** A static that holds rustc's answer for `type` under an id. Goes where the type's names are in scope. */
export function probeRow(id: number, type: string): string {
  const probe = `<crate::auto_trait_probe::Probe<${type}>>`
  return `#[used] static PROBE_${id}: [u8; 16] = { use crate::auto_trait_probe::Otherwise as _; crate::auto_trait_probe::row(${id}, ${probe}::SEND, ${probe}::SYNC) };`
}

export interface ProbeAnswer {
  readonly send: 'yes' | 'no'
  readonly sync: 'yes' | 'no'
}

const MARK = Buffer.from([0xa7, 0x70, 0x72, 0x6f, 0x62, 0x65, 0xa7, 0x3a])

/** Reads the answers out of a compiled library, by id. */
export function readProbes(library: string): ReadonlyMap<number, ProbeAnswer> {
  const bytes = readFileSync(library)
  const found = new Map<number, ProbeAnswer>()
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + MARK.length)) {
    if (bytes[at + 14] !== 0x3b || bytes[at + 15] !== 0xa7) continue
    const answer = (offset: number) => (bytes[at + offset] === 0x79 ? 'yes' : 'no')
    found.set(bytes.readUInt32BE(at + 8), { send: answer(12), sync: answer(13) })
  }
  return found
}

/** Compiles a root file to a library without linking, politely and with unstable features allowed. */
export function compileLibrary(root: string, output: string, flags: readonly string[] = []): void {
  const args = ['-n', '15', 'rustc', '--edition', '2021', '--crate-type', 'rlib', '-Copt-level=0', '-Cdebuginfo=0', '-Awarnings']
  execFileSync('nice', [...args, '-o', output, ...flags, root], {
    env: { ...process.env, RUSTC_BOOTSTRAP: '1' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}
