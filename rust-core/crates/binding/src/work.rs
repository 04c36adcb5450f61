//! One call as a task of the thread pool.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::bindgen_prelude::{AsyncTask, Either, ToNapiValue, TypeName};
use napi::{Env, Task};
use vartrack_etl::failure::{Failure, Outcome};

use crate::results;

/// A call that waits for its thread. The closure keeps its Buffers until the task is dropped on the thread of JavaScript, which alone may release them.
pub struct Work<T> {
    run: Box<dyn Fn() -> Outcome<T> + Send>,
}

impl<T: Send + 'static + ToNapiValue + TypeName> Work<T> {
    pub fn task(run: impl Fn() -> Outcome<T> + Send + 'static) -> AsyncTask<Self> {
        AsyncTask::new(Self { run: Box::new(run) })
    }
}

impl<T: Send + 'static + ToNapiValue + TypeName> Task for Work<T> {
    type Output = Outcome<T>;
    type JsValue = Either<T, results::Failure>;

    /// A panic becomes a failure: it must not reach Node, which it would end.
    fn compute(&mut self) -> napi::Result<Outcome<T>> {
        Ok(catch_unwind(AssertUnwindSafe(|| (self.run)())).unwrap_or_else(|cause| Err(panicked(cause.as_ref()))))
    }

    fn resolve(&mut self, _env: Env, outcome: Outcome<T>) -> napi::Result<Self::JsValue> {
        Ok(match outcome {
            Ok(value) => Either::A(value),
            Err(failure) => Either::B(results::Failure::from(&failure)),
        })
    }
}

fn panicked(cause: &(dyn std::any::Any + Send)) -> Failure {
    let text = cause.downcast_ref::<&str>().map(|text| (*text).to_string()).or_else(|| cause.downcast_ref::<String>().cloned());
    let message = format!("The core stopped: {}.", text.unwrap_or_else(|| "no reason given".into()));
    Failure::new("internal.panic", message, "This is a defect of varTrack; please report it with the file that caused it.")
}
