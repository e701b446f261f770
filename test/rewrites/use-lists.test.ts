import { describe, expect, it } from 'vitest'
import { leafEdit } from '../../server/src/rewrites/face/use-lists.ts'
import { applyEdits } from '../../server/src/syntax/edits.ts'

/** The `use` with the leaf `Curve` made `PyCurve` too, or only that. */
function edited(use: string, keep: boolean): string | null {
  const at = use.search(/\bCurve\b/)
  const edit = leafEdit(use, { start: 0, end: use.length }, { start: at, end: at + 5 }, 'PyCurve', keep)
  return edit && applyEdits(use, [edit])
}

describe('a name more in a `use`', () => {
  it.each([
    ['use bar::Curve;', 'use bar::{Curve, PyCurve};'],
    ['pub use bar::{Bar, Curve};', 'pub use bar::{Bar, Curve, PyCurve};'],
    ['use bar::{Curve, Zero};', 'use bar::{Curve, PyCurve, Zero};'],
    ['use bar::{fill, Curve, MAX};', 'use bar::{fill, Curve, PyCurve, MAX};'],
    ['use bar::{Zero, Curve};', 'use bar::{Zero, Curve, PyCurve};'],
    ['use {bar::Curve, baz::Zero};', 'use {bar::{Curve, PyCurve}, baz::Zero};'],
    ['use crate::{\n    bar::{Curve, Zero},\n    baz,\n};', 'use crate::{\n    bar::{Curve, PyCurve, Zero},\n    baz,\n};'],
    [
      'use crate::{\n    bar::{Alpha, Beta},\n    Curve,\n};',
      'use crate::{\n    bar::{Alpha, Beta},\n    Curve,\n    PyCurve,\n};',
    ],
  ])('%s', (use, expected) => {
    expect(edited(use, true)).toBe(expected)
  })

  it('breaks a list that no longer fits as rustfmt does', () => {
    const names = ['Alternating', 'Bracketing', 'Compounding', 'Curve', 'Discounting', 'Extrapolating', 'Flattening']
    expect(edited(`use bar::{${names.join(', ')}};`, true)).toBe(
      'use bar::{\n    Alternating, Bracketing, Compounding, Curve, Discounting, Extrapolating, Flattening, PyCurve,\n};',
    )
  })
})

describe('another name in a `use`', () => {
  it.each([
    ['use bar::Curve;', 'use bar::PyCurve;'],
    ['use bar::{Bar, Curve, Old};', 'use bar::{Bar, Old, PyCurve};'],
    ['use {bar::Curve, baz::Zero};', 'use {bar::PyCurve, baz::Zero};'],
  ])('%s', (use, expected) => {
    expect(edited(use, false)).toBe(expected)
  })
})
