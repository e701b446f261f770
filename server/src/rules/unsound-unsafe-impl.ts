import { replacementsFor } from '../fixes/replace-type.ts'
import { safetyTemplateFix } from '../fixes/unsafe-impl.ts'
import type { FieldCulprit } from '../model/culprits.ts'
import { THREAD_BOUND, UNSYNCHRONISED } from '../model/hopeless-types.ts'
import type { LocalType } from '../model/local-type.ts'
import type { UnsafeImpl } from '../model/unsafe-impl.ts'
import { always, defineRule, type RuleContext } from './rule.ts'

/**
 * An explicit `unsafe impl Send`/`Sync` replaces what the compiler derives from the fields. Over a `RefCell` it turns a
 * compile error into a data race (Rustonomicon, "Send and Sync"). Raw pointers and `UnsafeCell` are what such impls are
 * for: there a `SAFETY` comment is asked for, and enough.
 */
export default defineRule({
  id: 'unsound-unsafe-impl',
  summary: 'an `unsafe impl Send`/`Sync` over fields that make it unsound',
  letter: 'A5',
  group: 'soundness',
  severity: always('error'),
  pyo3: '>=0.21',
  grades: ['suggested', 'risky'],

  checkCrate(cx) {
    for (const impl of cx.unsafeImpls()) check(cx, impl)
  },
})

function check(cx: RuleContext, impl: UnsafeImpl): void {
  const type = cx.localType(impl.type)
  if (!type) return
  const culprits = cx.culprits(type).filter((it) => it.trait === impl.trait && it.verdict === 'no')
  const unsound = culprits.filter((it) => isUnsound(impl, it))
  const missing = impl.safety ? [] : cx.missingBounds(impl)
  // Crates of the workspace that have nothing to do with Python are left to their own lints.
  const usesPython = cx.crate.classes.length + cx.crate.modules.length > 0
  if (unsound.length > 0) reportUnsound(cx, impl, type, unsound)
  else if (missing.length > 0) reportUnbounded(cx, impl, type, missing)
  else if (culprits.length > 0 && usesPython && !impl.safety) reportUnexplained(cx, impl, culprits)
}

function reportUnsound(cx: RuleContext, impl: UnsafeImpl, type: LocalType, unsound: readonly FieldCulprit[]): void {
  const [first] = unsound
  const { fixes, refused } = replacementsFor(cx, type, unsound)
  cx.report({
    at: impl.headAt,
    subject: impl.typeName,
    severity: 'error',
    message: `\`unsafe impl ${impl.trait} for ${impl.typeName}\` is unsound: ${first ? chain(first) : ''}. ${consequence(impl)}`,
    related: unsound.map((it) => ({ at: it.at, message: chain(it) })),
    fixes,
    refused,
  })
}

function reportUnbounded(cx: RuleContext, impl: UnsafeImpl, type: LocalType, missing: readonly string[]): void {
  cx.report({
    at: impl.headAt,
    subject: impl.typeName,
    severity: 'error',
    message: `\`unsafe impl ${impl.trait} for ${impl.typeName}\` is unsound: it holds for arguments that are not \`${impl.trait}\`; the fields need \`${missing.join('`, `')}\``,
    related: [{ at: type.nameAt, message: `\`${type.name}\`` }],
  })
}

function reportUnexplained(cx: RuleContext, impl: UnsafeImpl, culprits: readonly FieldCulprit[]): void {
  cx.report({
    at: impl.headAt,
    subject: impl.typeName,
    severity: 'warning',
    message: `Nothing says why \`${impl.typeName}\` may be \`${impl.trait}\`: ${culprits.map(chain).join('; ')}. Say in a \`SAFETY\` comment what makes it so`,
    related: culprits.map((it) => ({ at: it.at, message: chain(it) })),
    fixes: safetyTemplateFix(cx, impl, culprits),
  })
}

function isUnsound(impl: UnsafeImpl, culprit: FieldCulprit): boolean {
  const hopeless = impl.trait === 'Sync' ? UNSYNCHRONISED : THREAD_BOUND
  return culprit.grounds.some((it) => hopeless.has(it))
}

function chain(culprit: FieldCulprit): string {
  return culprit.steps.map((it) => it.text).join(' → ')
}

function consequence(impl: UnsafeImpl): string {
  return impl.trait === 'Sync'
    ? 'Two threads that share it race on that field; put a lock or atomics there instead'
    : 'Another thread that gets it breaks what the field relies on; use `Arc`, `Py<T>` or an owned value instead'
}
