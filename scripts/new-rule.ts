import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

// `npm run new-rule -- ID GROUP`: rule, page and fixture to start from, and the index.

const [id, group = 'runtime'] = process.argv.slice(2)
const groups = ['soundness', 'runtime', 'module', 'style']
if (!id || !/^[a-z]+(-[a-z]+)*$/.test(id) || !groups.includes(group)) {
  console.error(`usage: npm run new-rule -- ID GROUP   (ID in kebab-case, GROUP one of ${groups.join(', ')})`)
  process.exit(2)
}
const root = path.join(import.meta.dirname, '..')

function write(name: string, text: string): void {
  const file = path.join(root, name)
  if (existsSync(file)) {
    console.error(`${name} exists already`)
    process.exit(1)
  }
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
  console.log(`wrote ${name}`)
}

write(
  `server/src/rules/${id}.ts`,
  `import { defineRule } from './rule.ts'

/** Why this is a hazard, and the source of the fact. */
export default defineRule({
  id: '${id}',
  summary: 'one line, no full stop',
  letter: '?',
  group: '${group}',
  severity: { explicit: 'warning', default: 'info', 'opted-out': 'hint', unknown: 'hint' },
  pyo3: '>=0.21',
  grades: [],

  checkClass(cx, cls) {
    cx.report({ at: cls.nameAt, message: \`\\\`\${cls.name}\\\` …\` })
  },
})
`,
)
write(
  `docs/rules/${id}.md`,
  `# ${id}\n\nOne line, as in the rule.\n\n## What it does\n\n## Why is this bad?\n\n## Example\n\n## Use instead\n\n## Known problems\n\nNone.\n`,
)
write(
  `test/fixtures/rules/${id}/flagged.rs`,
  `//@ pyo3: 0.30\n//@ ignore: class-not-exported\nuse pyo3::prelude::*;\n\n#[pyclass]\nstruct Found {} //~ ${id}\n`,
)
process.exit(spawnSync(process.execPath, [path.join(root, 'scripts/gen-rules.ts')], { stdio: 'inherit' }).status ?? 1)
