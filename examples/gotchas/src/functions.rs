//! Functions: a signature with a default, an exception of one's own, and a class that a function borrows mutably.

use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::counters::Point;

create_exception!(gotchas, NegativeInput, PyValueError, "Raised for a negative number.");

/// Sum of the squares of non-negative numbers.
#[pyfunction]
#[pyo3(signature = (input = Vec::new()), text_signature = "(input: list[int] = [])")]
pub fn sum_of_squares(input: Vec<i64>) -> PyResult<i64> {
    match input.iter().find(|number| **number < 0) {
        Some(number) => Err(NegativeInput::new_err(format!("{number} is negative"))),
        None => Ok(input.iter().map(|number| number * number).sum()),
    }
}

/// `PyRefMut` borrows as `&mut self` does: while it lives, every other use of the point raises RuntimeError.
#[pyfunction]
pub fn move_point(mut point: PyRefMut<'_, Point>, dx: f64, dy: f64) {
    point.x += dx;
    point.y += dy;
}

/// Two mutable borrows at once: `swap_points(p, p)` fails in a single thread already.
#[pyfunction]
pub fn swap_points(mut left: PyRefMut<'_, Point>, mut right: PyRefMut<'_, Point>) {
    let (left, right) = (&mut *left, &mut *right);
    std::mem::swap(&mut left.x, &mut right.x);
    std::mem::swap(&mut left.y, &mut right.y);
}
