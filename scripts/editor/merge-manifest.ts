/**
 * Puts client/manifest.json, what VS Code reads of the extension, into package.json.
 *
 *   node scripts/editor/merge-manifest.ts [--check]
 *
 * Only the keys of client/manifest.json are touched; within `contributes` its parts replace parts of the same name, so that
 * others (snippets) may have their own. The rules' levels are filled in from docs/rules. `--check` writes nothing and fails if
 * package.json is not up to date.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'

type Json = { [key: string]: unknown }

const root = path.join(import.meta.dirname, '../..')
const packageFile = path.join(root, 'package.json')
const readJson = (file: string): Json => JSON.parse(readFileSync(file, 'utf8')) as Json
const record = (value: unknown): Json => (value ?? {}) as Json

/** One property for each rule page: its id, and its first line of prose as description. */
function ruleProperties(levels: unknown): Json {
  const folder = path.join(root, 'docs/rules')
  const pages = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md') : []
  const properties: Json = {}
  for (const page of pages.sort()) {
    const summary = firstProse(readFileSync(path.join(folder, page), 'utf8'))
    properties[page.slice(0, -'.md'.length)] = {
      enum: record(levels)['enum'],
      ...(summary === '' ? {} : { markdownDescription: summary }),
    }
  }
  return properties
}

/** The first paragraph line that is not front matter, a heading, a table, a quote, a list or a comment. */
function firstProse(markdown: string): string {
  const body = markdown.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, '')
  return (
    body
      .split(/\r?\n/)
      .find((line) => /^[\w`*]/.test(line.trim()) && !/^[-*] /.test(line.trim()))
      ?.trim() ?? ''
  )
}

/** package.json's text with the manifest merged into it. */
function merged(): string {
  const target = readJson(packageFile)
  const manifest = readJson(path.join(root, 'client/manifest.json'))
  const contributes = record(manifest['contributes'])
  const rules = record(record(record(contributes['configuration'])['properties'])['pyo3ThreadSafety.lint.rules'])
  const properties = ruleProperties(rules['additionalProperties'])
  if (Object.keys(properties).length > 0) rules['properties'] = properties
  const result = { ...target, ...manifest, contributes: { ...record(target['contributes']), ...contributes } }
  return `${JSON.stringify(result, null, 2)}\n`
}

const text = merged()
if (process.argv.includes('--check')) {
  if (!isDeepStrictEqual(JSON.parse(text), readJson(packageFile))) {
    console.error('package.json is not up to date with client/manifest.json: run npm run manifest')
    process.exitCode = 1
  }
} else {
  writeFileSync(packageFile, text)
}
