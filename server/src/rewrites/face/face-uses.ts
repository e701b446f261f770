import type { ModId } from '../../resolve/defs.ts'
import { replace } from '../../syntax/edits.ts'
import type { ClassSource } from '../class-source.ts'
import { isExpansion } from '../code-texts.ts'
import type { PlacedEdit } from '../file-edits.ts'
import { type Problem, placeText } from '../problems.ts'
import { boundProblem } from './class-bounds.ts'
import { carriersOf } from './class-carriers.ts'
import { type ClassMention, classMentions } from './class-mentions.ts'
import { copiedGuards } from './copied-guards.ts'
import { faceImports } from './face-imports.ts'
import type { FaceNames } from './face-names.ts'
import { lentParams } from './lent-params.ts'
import { madeObjects } from './made-objects.ts'

/** What the uses of a class elsewhere come to when Python gets a face of it. */
export interface FaceUses {
  readonly edits: readonly PlacedEdit[]
  /** Places outside the class that are edited, imports aside. */
  readonly callers: number
  /** How often the face's method is called that gives a clone. */
  readonly copies: number
  /** Modules that call the face's own methods. */
  readonly users: ReadonlySet<ModId>
  readonly problem: Problem | null
}

/** Heads that only name the class, and those of handles, of which the borrows are looked at. */
const NAMING = new Set(
  'Py Bound Borrowed cast cast_exact cast_into cast_into_exact downcast downcast_exact downcast_into downcast_into_exact Target add_class get_type get_type_bound type_object type_object_bound is_instance_of is_exact_instance_of is_type_of is_type_of_bound is_exact_type_of'.split(
    ' ',
  ),
)

const HANDLES = /^(?:Py|Bound|Borrowed|(?:cast|downcast)\w*)$/

/** Every use of a class elsewhere: as Rust data it stays, as a Python class the face takes its place, or it is not clear. */
export function faceUses(source: ClassSource, face: FaceNames): FaceUses {
  const { db } = source.view
  const mentions = classMentions(source)
  const asFace = new Set<ClassMention>()
  const fail = (problem: Problem): FaceUses => ({ edits: [], callers: 0, copies: 0, users: new Set(), problem })
  for (const each of mentions) {
    const { form } = each
    const at = placeText(db, each.file, each.at.start)
    if (form.kind === 'refused') return fail({ reason: form.reason, detail: `${at}: ${form.clause}` })
    if (form.kind === 'plain' || form.kind === 'alias' || form.kind === 'param' || form.kind === 'guard') continue
    if (form.kind === 'import' && !form.exported) continue
    const isNaming = form.kind === 'import' || (form.kind === 'class' && NAMING.has(form.head))
    const head = form.kind === 'class' ? `${form.head}<${source.cls.name}>` : source.cls.name
    if (!isNaming) return fail({ reason: 'used-elsewhere', detail: `${at}: \`${head}\` is used as a Python class` })
    if (isExpansion(each.file))
      return fail({ reason: 'macro', detail: `${at}: a macro uses \`${source.cls.name}\` as a Python class` })
    asFace.add(each)
  }
  const carriers = carriersOf(source, mentions)
  const bound = boundProblem(source, carriers)
  if (bound) return fail(bound)
  const params = lentParams(source, face, mentions)
  if ('reason' in params) return fail(params)
  const made = madeObjects(source, face.type, carriers)
  if ('reason' in made) return fail(made)
  const handles = made.mentions.length > 0 || [...asFace].some(({ form }) => form.kind === 'class' && HANDLES.test(form.head))
  const guards = copiedGuards(source, face, mentions, carriers, handles)
  if ('reason' in guards) return fail(guards)
  const inFaces = new Set([...asFace, ...params.asFace, ...made.mentions])
  const imports = faceImports(source, face, [...mentions, ...made.mentions], inFaces)
  if ('reason' in imports) return fail(imports)
  const named = [...asFace].map((it): PlacedEdit => ({ file: it.file, edit: replace(it.at, face.type) }))
  return {
    edits: [...named, ...params.edits, ...made.edits, ...guards.edits, ...imports.edits],
    callers: asFace.size + made.mentions.length + params.functions + guards.places,
    copies: guards.copies,
    users: new Set([...params.users, ...guards.functions.flatMap((it) => it.owner?.module ?? [])]),
    problem: null,
  }
}
