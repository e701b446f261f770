const PRIMITIVES: ReadonlySet<string> = new Set(
  'bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f16 f32 f64 f128'.split(' '),
)

/** Whether a name is that of a primitive type. It may still be hidden by an item of that name. */
export function isPrimitive(name: string): boolean {
  return PRIMITIVES.has(name)
}
