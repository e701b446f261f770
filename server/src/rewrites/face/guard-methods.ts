/** Methods that a guard has itself: all others are the class's. */
export const OF_GUARDS =
  /^(?:py|as_super|into_super|as_ptr|into_ptr|into|try_into|into_py|into_pyobject|into_any|to_object|deref|map|borrow)$/
