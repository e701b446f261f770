//! Classes that are built, rewritten and built again; scenarios.py says what is done with them.
//! A line `//@ Class: rewrite` in front of a class names the rewrite that it gets.

use pyo3::exceptions::{PyIndexError, PyKeyError, PyStopIteration, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

//@ Counter: frozen-mutex
#[pyclass]
pub struct Counter {
    #[pyo3(get)]
    hits: u64,
    last: Option<u64>,
}

#[pymethods]
impl Counter {
    #[new]
    fn new() -> Self {
        Counter {
            hits: 0,
            last: None,
        }
    }

    fn hit(&mut self, by: u64) -> u64 {
        self.hits += by;
        self.last = Some(by);
        self.hits
    }

    fn last(&self) -> Option<u64> {
        self.last
    }
}

//@ Gauge: frozen-rwlock
#[pyclass]
pub struct Gauge {
    value: i64,
    seen: usize,
}

#[pymethods]
impl Gauge {
    #[new]
    fn new(value: i64) -> Self {
        Self { value, seen: 0 }
    }

    fn shift(&mut self, by: i64) -> i64 {
        self.value += by;
        self.seen += 1;
        self.value
    }

    fn read(&self) -> (i64, usize) {
        (self.value, self.seen)
    }
}

//@ Hits: frozen-atomics
#[pyclass]
pub struct Hits {
    #[pyo3(get, set)]
    count: u64,
    name: String,
}

#[pymethods]
impl Hits {
    #[new]
    fn new(name: String) -> Self {
        Self { count: 0, name }
    }

    fn add(&mut self, by: u64) -> u64 {
        self.count += by;
        self.count
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

//@ Level: frozen-atomics
#[pyclass]
pub struct Level {
    up: i32,
}

#[pymethods]
impl Level {
    #[new]
    fn new() -> Self {
        Self { up: 0 }
    }

    fn raise_by(&mut self, by: i32) {
        self.up += by;
    }

    fn lower(&mut self) {
        self.up -= 1;
    }

    fn value(&self) -> i32 {
        self.up
    }
}

//@ Switch: frozen-atomics
#[pyclass]
pub struct Switch {
    on: bool,
}

#[pymethods]
impl Switch {
    #[new]
    fn new() -> Self {
        Self { on: false }
    }

    fn set(&mut self, on: bool) {
        self.on = on;
    }

    fn is_on(&self) -> bool {
        self.on
    }
}

//@ Point: frozen-mutex
#[pyclass(get_all, set_all, eq)]
#[derive(Clone, PartialEq)]
pub struct Point {
    x: f64,
    y: f64,
}

#[pymethods]
impl Point {
    #[new]
    fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    fn shift(&mut self, dx: f64, dy: f64) {
        self.x += dx;
        self.y += dy;
    }

    fn norm(&self) -> f64 {
        self.x.hypot(self.y)
    }

    fn __repr__(&self) -> String {
        format!("Point({}, {})", self.x, self.y)
    }
}

//@ Words: frozen-mutex
#[pyclass]
#[derive(Default)]
pub struct Words {
    words: Vec<String>,
}

#[pymethods]
impl Words {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    fn push(&mut self, word: String) {
        self.words.push(word);
    }

    fn pop(&mut self) -> PyResult<String> {
        self.words
            .pop()
            .ok_or_else(|| PyIndexError::new_err("empty"))
    }

    fn __len__(&self) -> usize {
        self.words.len()
    }

    fn __getitem__(&self, at: usize) -> PyResult<String> {
        self.words
            .get(at)
            .cloned()
            .ok_or_else(|| PyIndexError::new_err("out of range"))
    }

    fn sort(&mut self) {
        self.words.sort();
    }

    fn joined(&self) -> String {
        self.words.join(" ")
    }
}

//@ Table: frozen-mutex
#[pyclass]
pub struct Table {
    rows: HashMap<String, u64>,
    misses: u64,
}

#[pymethods]
impl Table {
    #[new]
    fn new() -> Self {
        Self {
            rows: HashMap::new(),
            misses: 0,
        }
    }

    fn add(&mut self, key: String, by: u64) -> u64 {
        let row = self.rows.entry(key).or_insert(0);
        *row += by;
        *row
    }

    fn __getitem__(&mut self, key: &str) -> PyResult<u64> {
        match self.rows.get(key) {
            Some(row) => Ok(*row),
            None => {
                self.misses += 1;
                Err(PyKeyError::new_err(key.to_string()))
            }
        }
    }

    fn __setitem__(&mut self, key: String, value: u64) {
        self.rows.insert(key, value);
    }

    fn __delitem__(&mut self, key: &str) -> PyResult<()> {
        self.rows
            .remove(key)
            .map(|_| ())
            .ok_or_else(|| PyKeyError::new_err(key.to_string()))
    }

    fn __contains__(&self, key: &str) -> bool {
        self.rows.contains_key(key)
    }

    #[getter]
    fn misses(&self) -> u64 {
        self.misses
    }
}

//@ Queue: frozen-mutex
#[pyclass]
pub struct Queue {
    items: VecDeque<i64>,
    limit: usize,
}

#[pymethods]
impl Queue {
    #[new]
    #[pyo3(signature = (limit = 3))]
    fn new(limit: usize) -> Self {
        Self {
            items: VecDeque::new(),
            limit,
        }
    }

    fn put(&mut self, item: i64) -> PyResult<()> {
        if self.items.len() >= self.limit {
            return Err(PyValueError::new_err("full"));
        }
        self.items.push_back(item);
        Ok(())
    }

    fn get(&mut self) -> Option<i64> {
        self.items.pop_front()
    }

    #[getter]
    fn limit(&self) -> usize {
        self.limit
    }

    #[setter]
    fn set_limit(&mut self, limit: usize) -> PyResult<()> {
        if limit == 0 {
            return Err(PyValueError::new_err("a queue holds something"));
        }
        self.limit = limit;
        self.items.truncate(limit);
        Ok(())
    }
}

//@ Stats: frozen-mutex
#[pyclass]
pub struct Stats {
    sum: f64,
    count: u64,
    smallest: f64,
}

#[pymethods]
impl Stats {
    #[new]
    fn new() -> Self {
        Self {
            sum: 0.0,
            count: 0,
            smallest: f64::INFINITY,
        }
    }

    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
        if value < self.smallest {
            self.smallest = value;
        }
    }

    fn add_all(&mut self, values: Vec<f64>) -> u64 {
        for value in values {
            self.add(value);
        }
        self.count
    }

    fn mean(&self) -> Option<f64> {
        if self.count == 0 {
            None
        } else {
            Some(self.sum / self.count as f64)
        }
    }

    fn smallest(&self) -> f64 {
        self.smallest
    }
}

//@ Ids: frozen-mutex
#[pyclass]
pub struct Ids(u64);

#[pymethods]
impl Ids {
    #[new]
    fn new(first: u64) -> Self {
        Self(first)
    }

    fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }

    fn peek(&self) -> u64 {
        self.0 + 1
    }
}

//@ Pair: frozen-mutex
#[pyclass]
pub struct Pair(i64, i64);

#[pymethods]
impl Pair {
    #[new]
    fn new(left: i64, right: i64) -> Self {
        Pair(left, right)
    }

    fn swap(&mut self) -> (i64, i64) {
        std::mem::swap(&mut self.0, &mut self.1);
        (self.0, self.1)
    }

    fn give(&mut self, by: i64) -> i64 {
        self.0 -= by;
        self.1 += by;
        self.0 + self.1
    }
}

pub struct Log {
    lines: Mutex<Vec<String>>,
    written: AtomicU64,
}

impl Log {
    fn write(&self, line: &str) -> u64 {
        self.lines.lock().unwrap().push(line.to_string());
        self.written.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn len(&self) -> usize {
        self.lines.lock().unwrap().len()
    }
}

//@ Writer: frozen-mutex
#[pyclass]
pub struct Writer {
    log: Arc<Log>,
}

#[pymethods]
impl Writer {
    #[new]
    fn new() -> Self {
        Self {
            log: Arc::new(Log {
                lines: Mutex::default(),
                written: AtomicU64::new(0),
            }),
        }
    }

    fn write(&mut self, line: &str) -> u64 {
        self.log.write(line)
    }

    fn __len__(&self) -> usize {
        self.log.len()
    }
}

//@ Seen: frozen-mutex
#[pyclass]
pub struct Seen {
    seen: HashSet<i64>,
}

#[pymethods]
impl Seen {
    #[new]
    fn new() -> Self {
        Self {
            seen: HashSet::new(),
        }
    }

    fn is_new(&mut self, it: i64) -> bool {
        self.seen.insert(it)
    }

    fn forget(&mut self) {
        self.seen.clear();
    }

    fn __len__(&self) -> usize {
        self.seen.len()
    }
}

//@ Range: frozen-mutex
#[pyclass]
pub struct Range {
    at: u64,
    end: u64,
}

#[pymethods]
impl Range {
    #[new]
    fn new(end: u64) -> Self {
        Self { at: 0, end }
    }

    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(mut slf: PyRefMut<'_, Self>) -> Option<u64> {
        if slf.at >= slf.end {
            return None;
        }
        slf.at += 1;
        Some(slf.at)
    }
}

//@ Countdown: frozen-mutex
#[pyclass]
pub struct Countdown {
    left: u32,
}

#[pymethods]
impl Countdown {
    #[new]
    fn new(left: u32) -> Self {
        Self { left }
    }

    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&mut self) -> PyResult<u32> {
        if self.left == 0 {
            return Err(PyStopIteration::new_err(()));
        }
        self.left -= 1;
        Ok(self.left)
    }
}

//@ Builder: frozen-mutex
#[pyclass]
pub struct Builder {
    host: String,
    port: u16,
}

#[pymethods]
impl Builder {
    #[new]
    fn new() -> Self {
        Self {
            host: String::from("localhost"),
            port: 80,
        }
    }

    fn at_host(mut slf: PyRefMut<'_, Self>, host: String) -> PyRefMut<'_, Self> {
        slf.host = host;
        slf
    }

    fn at_port(mut slf: PyRefMut<'_, Self>, port: u16) -> PyRefMut<'_, Self> {
        slf.port = port;
        slf
    }

    fn built(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

//@ Button: frozen-mutex
#[pyclass]
pub struct Button {
    callback: Option<Py<PyAny>>,
    presses: u64,
}

#[pymethods]
impl Button {
    #[new]
    fn new() -> Self {
        Self {
            callback: None,
            presses: 0,
        }
    }

    fn connect(&mut self, callback: Option<Py<PyAny>>) {
        self.callback = callback;
    }

    fn press(&mut self, py: Python<'_>) -> PyResult<u64> {
        self.presses += 1;
        let presses = self.presses;
        if let Some(callback) = self.callback.as_ref().map(|it| it.clone_ref(py)) {
            callback.call1(py, (presses,))?;
        }
        Ok(presses)
    }

    #[getter]
    fn presses(&self) -> u64 {
        self.presses
    }
}

//@ Holder: frozen-mutex
#[pyclass]
pub struct Holder {
    items: Vec<Py<PyAny>>,
    changes: u64,
}

#[pymethods]
impl Holder {
    #[new]
    fn new() -> Self {
        Self {
            items: Vec::new(),
            changes: 0,
        }
    }

    fn push(&mut self, item: Py<PyAny>) -> usize {
        self.items.push(item);
        self.changes += 1;
        self.items.len()
    }

    fn pop(&mut self) -> Option<Py<PyAny>> {
        self.items.pop()
    }

    fn clear(&mut self) {
        self.items.clear();
    }

    fn first(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.items.first().map(|it| it.clone_ref(py))
    }

    fn __len__(&self) -> usize {
        self.items.len()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        for item in &self.items {
            visit.call(item)?;
        }
        Ok(())
    }

    fn __clear__(&mut self) {
        self.items.clear();
    }
}

//@ Slot: frozen-mutex
#[pyclass]
pub struct Slot {
    value: Option<Py<PyAny>>,
}

#[pymethods]
impl Slot {
    #[new]
    fn new() -> Self {
        Self { value: None }
    }

    fn swap(&mut self, value: Option<Py<PyAny>>) -> Option<Py<PyAny>> {
        std::mem::replace(&mut self.value, value)
    }

    fn set(&mut self, value: Py<PyAny>) {
        self.value = Some(value);
    }

    fn get(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.value.as_ref().map(|it| it.clone_ref(py))
    }
}

//@ Parsed: frozen-mutex
#[pyclass]
pub struct Parsed {
    total: i64,
    parsed: u64,
}

#[pymethods]
impl Parsed {
    #[new]
    fn new() -> Self {
        Self {
            total: 0,
            parsed: 0,
        }
    }

    fn add(&mut self, value: &Bound<'_, PyAny>) -> PyResult<i64> {
        let value: i64 = value.extract()?;
        self.total += value;
        self.parsed += 1;
        Ok(self.total)
    }

    fn total(&self) -> (i64, u64) {
        (self.total, self.parsed)
    }
}

//@ Setting: frozen-mutex
#[pyclass]
pub struct Setting {
    value: i64,
    names: Vec<String>,
}

#[pymethods]
impl Setting {
    #[new]
    fn new() -> Self {
        Self {
            value: 0,
            names: vec![],
        }
    }

    fn take(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.value = value.extract()?;
        Ok(())
    }

    fn name(&mut self, name: &Bound<'_, PyAny>) -> PyResult<()> {
        self.names.push(name.str()?.to_string());
        Ok(())
    }

    fn report(&mut self, log: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = self.value;
        let names = self.names.len();
        log.call1((value, names))?;
        Ok(())
    }

    fn names(&self) -> usize {
        self.names.len()
    }
}

//@ Worker: frozen-mutex
#[pyclass]
pub struct Worker {
    done: u64,
}

#[pymethods]
impl Worker {
    #[new]
    fn new() -> Self {
        Self { done: 0 }
    }

    fn work(&mut self, py: Python<'_>, upto: u64) -> u64 {
        let part = py.detach(|| (0..upto).sum::<u64>());
        self.done += part;
        self.done
    }
}

pub struct Handle(u16);

//@ Server: frozen-mutex
#[pyclass]
pub struct Server {
    handle: Option<Handle>,
    starts: u64,
}

#[pymethods]
impl Server {
    #[new]
    fn new() -> Self {
        Self {
            handle: None,
            starts: 0,
        }
    }

    fn start(&mut self, port: u16) -> u64 {
        self.handle = Some(Handle(port));
        self.starts += 1;
        self.starts
    }

    fn stop(&mut self, py: Python<'_>) -> u16 {
        match self.handle.take() {
            Some(handle) => py.detach(move || handle.0),
            None => 0,
        }
    }

    fn starts(&self) -> u64 {
        self.starts
    }
}

//@ Tally: frozen-mutex
#[pyclass]
pub struct Tally {
    counts: BTreeMap<i64, u64>,
}

impl Tally {
    fn bump(&mut self, key: i64) -> u64 {
        let count = self.counts.entry(key).or_default();
        *count += 1;
        *count
    }
}

#[pymethods]
impl Tally {
    #[new]
    fn new() -> Self {
        Self {
            counts: BTreeMap::new(),
        }
    }

    fn count(&mut self, key: i64) -> u64 {
        self.bump(key)
    }

    fn count_all(&mut self, keys: Vec<i64>) -> Vec<u64> {
        keys.into_iter().map(|it| self.bump(it)).collect()
    }

    fn items(&self) -> Vec<(i64, u64)> {
        self.counts
            .iter()
            .map(|(key, count)| (*key, *count))
            .collect()
    }
}

//@ Shown: frozen-mutex
#[pyclass]
pub struct Shown {
    name: String,
    times: u32,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x{}", self.name, self.times)
    }
}

#[pymethods]
impl Shown {
    #[new]
    fn new(name: String) -> Self {
        Self { name, times: 0 }
    }

    fn more(&mut self) -> u32 {
        self.times += 1;
        self.times
    }

    fn __str__(&self) -> String {
        self.to_string()
    }
}

//@ Named: frozen-mutex
#[pyclass]
pub struct Named {
    name: String,
    renames: u64,
}

#[pymethods]
impl Named {
    #[new]
    fn new(name: String) -> Self {
        Self { name, renames: 0 }
    }

    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    #[setter]
    fn set_name(&mut self, name: String) {
        self.name = name;
        self.renames += 1;
    }

    fn renames(&self) -> u64 {
        self.renames
    }
}

//@ Timer: frozen-mutex
#[pyclass]
pub struct Timer {
    running: bool,
    laps: Vec<u64>,
}

#[pymethods]
impl Timer {
    #[new]
    #[pyo3(signature = (*, running = false))]
    fn new(running: bool) -> Self {
        Self {
            running,
            laps: Vec::with_capacity(4),
        }
    }

    fn __enter__(mut slf: PyRefMut<'_, Self>) -> PyRefMut<'_, Self> {
        slf.running = true;
        slf
    }

    #[pyo3(signature = (*_args))]
    fn __exit__(&mut self, _args: &Bound<'_, PyAny>) -> bool {
        self.running = false;
        false
    }

    fn lap(&mut self, at: u64) -> usize {
        self.laps.push(at);
        self.laps.len()
    }

    fn running(&self) -> bool {
        self.running
    }

    fn __bool__(&self) -> bool {
        !self.laps.is_empty()
    }
}

//@ Matrix: frozen-rwlock
#[pyclass]
pub struct Matrix {
    cells: Vec<Vec<i64>>,
}

#[pymethods]
impl Matrix {
    #[new]
    fn new(rows: usize, columns: usize) -> Self {
        Self {
            cells: vec![vec![0; columns]; rows],
        }
    }

    fn add(&mut self, row: usize, column: usize, by: i64) -> PyResult<()> {
        let cell = self
            .cells
            .get_mut(row)
            .and_then(|it| it.get_mut(column))
            .ok_or_else(|| PyIndexError::new_err((row, column)))?;
        *cell += by;
        Ok(())
    }

    fn sum(&self) -> i64 {
        self.cells.iter().flatten().sum()
    }

    fn transpose(&mut self) {
        let rows = self.cells.len();
        let columns = self.cells.first().map_or(0, Vec::len);
        let mut turned = vec![vec![0; rows]; columns];
        for (i, row) in self.cells.iter().enumerate() {
            for (j, cell) in row.iter().enumerate() {
                turned[j][i] = *cell;
            }
        }
        self.cells = turned;
    }
}

//@ Random: frozen-mutex
#[pyclass]
pub struct Random {
    state: u64,
    drawn: u64,
}

#[pymethods]
impl Random {
    #[new]
    fn new(seed: u64) -> Self {
        Self {
            state: seed | 1,
            drawn: 0,
        }
    }

    fn draw(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.drawn += 1;
        self.state >> 1
    }

    fn drawn(&self) -> u64 {
        self.drawn
    }
}

//@ Cache: frozen-mutex
#[pyclass]
pub struct Cache {
    held: Vec<(u64, Py<PyAny>)>,
    puts: usize,
    size: usize,
}

#[pymethods]
impl Cache {
    #[new]
    fn new(size: usize) -> Self {
        Self {
            held: Vec::new(),
            puts: 0,
            size,
        }
    }

    fn get(&self, py: Python<'_>, at: usize) -> Option<Py<PyAny>> {
        self.held.get(at).map(|it| it.1.clone_ref(py))
    }

    fn put(&mut self, key: u64, value: Py<PyAny>) -> usize {
        self.held.push((key, value));
        self.puts += 1;
        self.held.len()
    }

    fn reset(&mut self) {
        self.held = Vec::new();
        self.puts = 0;
    }

    fn __len__(&self) -> usize {
        self.puts
    }

    fn size(&self) -> usize {
        self.size
    }
}

//@ Ring: frozen-mutex
#[pyclass]
pub struct Ring {
    last: VecDeque<i64>,
    pushed: usize,
}

#[pymethods]
impl Ring {
    #[new]
    fn new() -> Self {
        Self {
            last: VecDeque::new(),
            pushed: 0,
        }
    }

    fn push(&mut self, value: i64) -> usize {
        self.last.push_back(value);
        if self.last.len() > 4 {
            self.last.pop_front();
        }
        self.pushed += 1;
        self.pushed
    }

    fn pushed(&self) -> usize {
        self.pushed
    }

    /// Calls a function for each value, and tells how many there were.
    fn map(&self, function: &Bound<'_, PyAny>) -> PyResult<(Vec<i64>, usize)> {
        let mut found = Vec::new();
        for value in &self.last {
            found.push(function.call1((*value,))?.extract::<i64>()?);
        }
        Ok((found, self.pushed))
    }

    fn same_by(&self, other: PyRef<'_, Self>, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        for (a, b) in self.last.iter().zip(&other.last) {
            if !key.call1((*a,))?.eq(key.call1((*b,))?)? {
                return Ok(false);
            }
        }
        Ok(self.last.len() == other.last.len())
    }
}

//@ Extremes: frozen-atomics
#[pyclass]
pub struct Extremes {
    most: i64,
    least: i64,
}

#[pymethods]
impl Extremes {
    #[new]
    fn new() -> Self {
        Self { most: 0, least: 0 }
    }

    fn see(&mut self, value: i64) -> i64 {
        self.most = self.most.max(value);
        self.most
    }

    fn see_low(&mut self, value: i64) {
        if value < self.least {
            self.least = value;
        }
    }

    fn most(&self) -> i64 {
        self.most
    }

    fn least(&self) -> i64 {
        self.least
    }
}

//@ Tickets: frozen-atomics
#[pyclass]
pub struct Tickets {
    next: u32,
    step: u32,
}

#[pymethods]
impl Tickets {
    #[new]
    fn new(step: u32) -> Self {
        Self { next: 0, step }
    }

    fn draw(&mut self) -> u32 {
        let next = self.next;
        self.next += self.step;
        next
    }

    fn restart(&mut self, at: u32) -> u32 {
        std::mem::replace(&mut self.next, at)
    }
}

//@ Toggle: frozen-atomics
#[pyclass]
pub struct Toggle {
    on: bool,
}

#[pymethods]
impl Toggle {
    #[new]
    fn new() -> Self {
        Self { on: false }
    }

    fn toggle(&mut self) -> bool {
        self.on = !self.on;
        self.on
    }
}

//@ First: frozen-atomics
#[pyclass]
pub struct First {
    taken: bool,
}

#[pymethods]
impl First {
    #[new]
    fn new() -> Self {
        Self { taken: false }
    }

    fn take(&mut self) -> PyResult<bool> {
        if self.taken {
            return Ok(false);
        }
        self.taken = true;
        Ok(true)
    }

    fn give(&mut self) -> bool {
        if self.taken {
            self.taken = false;
            true
        } else {
            false
        }
    }
}

//@ Total: frozen-atomics
#[pyclass]
pub struct Total {
    #[pyo3(get, set)]
    sum: f64,
}

#[pymethods]
impl Total {
    #[new]
    fn new() -> Self {
        Self { sum: 0.0 }
    }

    fn add(&mut self, by: f64) {
        self.sum += by;
    }

    fn twice(&mut self) -> f64 {
        self.sum = self.sum * 2.0;
        self.sum
    }
}

//@ Bounded: frozen-atomics
#[pyclass]
pub struct Bounded {
    count: u64,
    limit: u64,
}

#[pymethods]
impl Bounded {
    #[new]
    fn new(limit: u64) -> Self {
        Self { count: 0, limit }
    }

    fn enter(&mut self) -> bool {
        if self.count >= self.limit {
            return false;
        }
        self.count += 1;
        true
    }

    fn count(&self) -> u64 {
        self.count
    }
}

//@ Numbers: frozen-atomics
#[pyclass]
pub struct Numbers {
    at: u64,
    end: u64,
}

#[pymethods]
impl Numbers {
    #[new]
    fn new(end: u64) -> Self {
        Self { at: 0, end }
    }

    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&mut self) -> Option<u64> {
        if self.at < self.end {
            let at = self.at;
            self.at += 1;
            Some(at)
        } else {
            None
        }
    }
}

//@ Mixer: frozen-atomics
#[pyclass]
#[derive(Clone)]
pub struct Mixer {
    sum: u32,
    name: String,
}

#[pymethods]
impl Mixer {
    #[new]
    fn new(name: String) -> Self {
        Self { sum: 1, name }
    }

    fn mix(&mut self, by: u32) -> u32 {
        self.sum = self.sum.wrapping_mul(3).wrapping_add(by);
        self.sum
    }

    fn odd(&mut self) -> u32 {
        self.sum ^= 1;
        self.sum
    }

    fn copied(&self) -> Self {
        self.clone()
    }

    fn name(&self) -> &str {
        &self.name
    }
}

//@ Batches: frozen-mutex
#[pyclass]
pub struct Batches {
    sum: i64,
    count: usize,
}

#[pymethods]
impl Batches {
    #[new]
    fn new() -> Self {
        Self { sum: 0, count: 0 }
    }

    fn add_all(&mut self, values: &Bound<'_, PyAny>) -> PyResult<()> {
        for value in values.try_iter()? {
            let value: i64 = value?.extract()?;
            self.sum += value;
            self.count += 1;
        }
        Ok(())
    }

    fn add(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Ok(value) = value.extract::<i64>() {
            self.sum += value;
            self.count += 1;
        } else {
            self.sum += value.len()? as i64;
        }
        Ok(())
    }

    fn found(&self) -> (i64, usize) {
        (self.sum, self.count)
    }
}

//@ Lazy: frozen-mutex
#[pyclass]
pub struct Lazy {
    size: usize,
    list: Option<Py<PyAny>>,
}

#[pymethods]
impl Lazy {
    #[new]
    fn new(size: usize) -> Self {
        Self { size, list: None }
    }

    fn list<'py>(&mut self, make: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = make.py();
        Ok(if let Some(list) = &self.list {
            list.clone_ref(py).into_bound(py)
        } else {
            let list = make.call1((self.size,))?;
            self.list = Some(list.clone().unbind());
            list
        })
    }

    fn forget(&mut self) {
        self.list = None;
    }

    fn show(&mut self, make: &Bound<'_, PyAny>) -> PyResult<String> {
        let list = self.list(make)?;
        Ok(format!("{}: {}", self.size, list.repr()?))
    }
}

//@ Alarm: frozen-mutex
#[pyclass]
pub struct Alarm {
    left: u64,
    rung: u64,
    bell: Py<PyAny>,
}

#[pymethods]
impl Alarm {
    #[new]
    fn new(left: u64, bell: Py<PyAny>) -> Self {
        Self {
            left,
            rung: 0,
            bell,
        }
    }

    fn tick(&mut self, py: Python<'_>) -> PyResult<bool> {
        while self.left > 0 {
            self.left -= 1;
            match self.left % 3 {
                0 => {
                    self.rung += 1;
                    let rung = self.rung;
                    self.bell.call1(py, (rung,))?;
                    return Ok(true);
                }
                1 => return Ok(false),
                _ => self.rung += 1,
            }
        }
        self.bell.call0(py)?;
        Ok(false)
    }

    fn wind(&mut self, by: u64) {
        self.left += by;
    }

    fn rung(&self) -> u64 {
        self.rung
    }
}

//@ Series: face
#[pyclass]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    #[pyo3(get, set)]
    name: String,
    values: Vec<f64>,
}

#[pymethods]
impl Series {
    #[new]
    #[pyo3(signature = (name, values = vec![]))]
    fn new(name: String, values: Vec<f64>) -> Self {
        Self { name, values }
    }

    fn push(&mut self, value: f64) -> usize {
        self.values.push(value);
        self.values.len()
    }

    fn reset(&mut self) {
        *self = Self::default();
    }

    fn extend(&mut self, other: &Self) {
        self.values.extend(&other.values);
    }

    fn scaled(&self, by: f64) -> Self {
        let mut scaled = self.clone();
        for it in &mut scaled.values {
            *it *= by;
        }
        scaled
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn map(&self, function: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
        self.values
            .iter()
            .map(|it| function.call1((*it,))?.extract())
            .collect()
    }

    fn __len__(&self) -> usize {
        self.values.len()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self == other
    }
}

//@ Saved: face
#[pyclass]
#[derive(Clone, Copy, Debug)]
pub struct Saved {
    low: i64,
    high: i64,
}

#[pymethods]
impl Saved {
    #[new]
    fn new() -> Self {
        Self { low: 0, high: 0 }
    }

    fn swap(&mut self) -> (i64, i64) {
        *self = Self {
            low: self.high,
            high: self.low,
        };
        (self.low, self.high)
    }

    fn __getstate__(&self) -> (i64, i64) {
        (self.low, self.high)
    }

    fn __setstate__(&mut self, state: &Bound<'_, PyAny>) -> PyResult<()> {
        let (low, high) = state.extract()?;
        *self = Self { low, high };
        Ok(())
    }
}
