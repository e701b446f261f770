import { assertInnerFix, unsafeImplFix } from '../fixes/unsafe-impl.ts'
import { defineRule } from './rule.ts'

/**
 * A class with a lock over a type of the crate is `Send + Sync` because its fields are. Nothing is wrong with it: the hint
 * answers the question whether an `unsafe impl` is needed (it is not) and offers to pin the fact down.
 */
export default defineRule({
  id: 'implicit-send-sync',
  summary: 'a `#[pyclass]` that is `Send + Sync` by its fields; no `unsafe impl` needed',
  letter: 'A10',
  group: 'style',
  severity: { explicit: 'hint', default: 'hint', 'opted-out': 'off', unknown: 'off' },
  pyo3: '>=0.23',
  grades: ['suggested', 'risky'],

  checkClass(cx, cls) {
    const { send, sync } = cx.verdicts(cls)
    if (cls.options.unsendable || send.verdict !== 'yes' || sync.verdict !== 'yes') return
    const checklist = cx.profile === 'checklist'
    const pinned = send.viaImpl.length > 0 && sync.viaImpl.length > 0
    if (pinned) return
    const locked = cx.lockedLocalType(cls)
    if (!checklist && (cx.crate.intent !== 'explicit' || cls.options.frozen || !locked || cx.isAsserted(cls))) return
    cx.report({
      at: cls.nameAt,
      ...(checklist ? { severity: 'warning' as const } : {}),
      message: `\`${cls.name}\` is \`Send + Sync\`: it follows from its fields and PyO3 checks it; no \`unsafe impl\` needed`,
      fixes: [...unsafeImplFix(cx, cls), ...(locked && !checklist ? assertInnerFix(cx, cls, locked) : [])],
    })
  },
})
