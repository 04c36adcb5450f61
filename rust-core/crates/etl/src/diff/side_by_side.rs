//! Two works at once, where they are long enough.

/// Does one work in a thread of its own while the other is done here. Where that is not worth a thread, or none may be started, one is done after the other.
pub(super) fn side_by_side<A: Send, B>(is_worth_it: bool, one: impl Fn() -> A + Sync, other: impl FnOnce() -> B) -> (A, B) {
    if !is_worth_it {
        return (one(), other());
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().spawn_scoped(scope, &one);
        let here = other();
        let there = thread.ok().and_then(|thread| thread.join().ok());
        (there.unwrap_or_else(&one), here)
    })
}
