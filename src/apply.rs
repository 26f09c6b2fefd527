//! Runs an approved plan. The only place that can make a [`Permit`], and so the only writer.

/// Leave to write. Only this module can make one, so nothing before `apply` can write.
#[derive(Debug)]
pub(crate) struct Permit {
    _private: (),
}

#[cfg(test)]
impl Permit {
    /// Gives tests of the HTTP layer leave to write to the server that they run themselves.
    pub(crate) fn for_test() -> Self {
        Self { _private: () }
    }
}
