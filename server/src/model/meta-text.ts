import type { Meta } from '../syntax/summary.ts'

/** A meta item as Rust text, with single spaces. */
export function renderMeta(meta: Meta): string {
  const value = meta.value === null ? '' : meta.quoted ? JSON.stringify(meta.value) : meta.value
  if (!meta.path) return value
  if (meta.args) return `${meta.path}(${meta.args.map(renderMeta).join(', ')})`
  return value ? `${meta.path} = ${value}` : meta.path
}
