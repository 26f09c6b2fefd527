//! `schema`: the JSON Schemas of what people write and of what trueup prints.

use super::Streams;
use crate::cli::Schema;
use crate::exit::Exit;
use crate::host::Host;

pub(super) fn run(_args: &Schema, _host: &mut Host, _streams: Streams) -> Exit {
    Exit::Fine
}
