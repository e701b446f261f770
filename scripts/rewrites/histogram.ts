/**
 * Tries one rewrite on every class of the corpus that is not frozen and has a method with an exclusive borrow.
 *
 *   node scripts/rewrites/histogram.ts [--rewrite frozen-mutex] [--list REASON] [NAME…]
 *
 * Prints how many are offered and how many refused, by reason. Crates have to be downloaded (`npm run corpus`).
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { REWRITES, type RewriteName } from '../../server/src/rewrites/index.ts'
import { corpusPackages, packageFolder } from '../corpus/packages.ts'
import { rewriteAll } from './rewrite-all.ts'

const { values, positionals } = parseArgs({
  options: { rewrite: { type: 'string', default: 'frozen-mutex' }, list: { type: 'string' } },
  allowPositionals: true,
})
const rewrite = REWRITES.find((it) => it === values.rewrite) as RewriteName
const counts = new Map<string, number>()
let classes = 0
for (const pack of corpusPackages()) {
  if (positionals.length > 0 && !positionals.includes(pack.name)) continue
  const folder = packageFolder(pack)
  if (!existsSync(folder)) continue
  for (const each of rewriteAll(folder, rewrite)) {
    if (each.hasMethods) classes++
    else continue
    const reason = each.fix ? 'offered' : (each.refusal?.reason ?? 'nothing')
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
    if (values.list === reason) console.log(`${pack.name}\t${each.className}\t${each.refusal?.detail ?? each.fix?.title}`)
  }
}
console.log(`${classes} classes that are not frozen, with exclusive borrows in methods`)
for (const [reason, count] of [...counts].sort((a, b) => b[1] - a[1])) {
  console.log(`${String(count).padStart(5)}  ${((100 * count) / classes).toFixed(1).padStart(5)} %  ${reason}`)
}
