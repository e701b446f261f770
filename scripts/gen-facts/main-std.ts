/** Writes server/data/facts/std.txt and, for the other generators, the table of definition paths. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mentionedTraits } from './impls.ts'
import { saveKnown } from './known.ts'
import { section } from './records.ts'
import { readStd } from './std.ts'

const toolchain = execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' }).trim()
const version = /release: (\S+)/.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }))?.[1] ?? ''
const { snapshots, definitions } = readStd(join(toolchain, 'share/doc/rust/html'), version)
const data = join(import.meta.dirname, '../../server/data/facts')
mkdirSync(data, { recursive: true })
writeFileSync(join(data, 'std.txt'), snapshots.map((snapshot) => section([snapshot], mentionedTraits(snapshots))).join(''))
const traits = snapshots.flatMap((s) => s.records.filter((r) => r.kind === 't'))
saveKnown('std', {
  definitions: [...definitions],
  traits: traits.map((r) => [`${r.module}::${r.name}`, r.text.split('\t')[1] ?? '']),
})
console.log(snapshots.map((s) => `${s.crate}: ${s.modules.size} modules, ${s.records.length} records`).join('\n'))
