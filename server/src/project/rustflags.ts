import { type Database, query } from '../query/database.ts'
import { join } from './paths.ts'
import { ancestors } from './workspace-root.ts'

/**
 * Names of cfg flags that cargo's configuration for a manifest mentions in any `rustflags` (The Cargo Book, "Configuration",
 * hierarchical structure: `.cargo/config.toml` in the manifest's folder and all above). Whether they apply depends on
 * targets, environment and command line, so they count as undecided.
 */
export const mentionedFlags = query<string, readonly string[]>('mentionedFlags', (db: Database, manifest: string) => {
  const names = new Set<string>()
  for (const folder of ancestors(manifest)) {
    for (const file of ['.cargo/config.toml', '.cargo/config']) {
      for (const [, name = ''] of (db.text(join(folder, file)) ?? '').matchAll(CFG_FLAG)) names.add(name)
    }
  }
  return [...names]
})

/** `"--cfg", "name"`, `"--cfg=name"`, `--cfg name` in a string of several flags. */
const CFG_FLAG = /--cfg(?:\s*["']\s*,\s*["']|=|\s+)\s*["']?(\w+)/g
