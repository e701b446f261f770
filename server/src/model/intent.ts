/**
 * Whether the authors mean a crate to run without the GIL.
 * - `explicit`: `gil_used = false`, the Free Threading classifier, a `t` interpreter in CI, or the setting.
 * - `default`: PyO3 ≥ 0.28 and nobody wrote anything (an omitted `gil_used` means false since 0.28, PyO3#5564).
 * - `opted-out`: `gil_used = true`, or 0.23–0.27 without the attribute.
 */
export type Intent = 'explicit' | 'default' | 'opted-out' | 'unknown'
