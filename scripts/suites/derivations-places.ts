import { stepLocation } from '../../server/src/autotraits/step-location.ts'
import type { Database } from '../../server/src/query/database.ts'
import { indexLines, positionAt } from '../../server/src/syntax/lines.ts'
import type { Line } from './derivations-claims.ts'

/** What is wrong with the place of a line; null if it holds what the line says, or is in the facts. */
export function placeComplaint(db: Database, { text, via, place }: Line): string | null {
  if (place === null || place.kind === 'fact') return null
  const found = stepLocation(db, place)
  if (!found) return 'has no place'
  const source = db.text(found.file) ?? ''
  const { start, end } = found.span
  const covers = source.slice(start, end)
  const at = `${found.file}:${positionAt(indexLines(source), start).line + 1}`
  const line = source.split('\n')[positionAt(indexLines(source), start).line] ?? ''
  if (covers === '' || !line.includes(covers.split('\n')[0] ?? '')) return `${at} is no place of the file`
  // What a macro made stands at its call.
  if (place.origin.expansion !== null) return null
  return holds(text, via, covers, source.slice(0, start)) ? null : `${at} holds '${covers.slice(0, 80)}'`
}

function holds(text: string, via: Line['via'], covers: string, before: string): boolean {
  if (via === 'field') {
    const [, field = '', type = ''] = /\.(\w+): (.*)$/s.exec(text) ?? []
    return plain(covers) === plain(type) && (/^\d+$/.test(field) || new RegExp(`\\b${field}\\s*:\\s*$`).test(before))
  }
  if (via === 'impl') return /^(?:unsafe\s+)?impl\b/.test(covers)
  return text.startsWith(covers)
}

/** Without what a type can be written with or without. */
function plain(type: string): string {
  return type.replaceAll(/\s+/g, '').replaceAll(/,(?=[>)\]])/g, '')
}
