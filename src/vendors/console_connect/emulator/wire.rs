//! Holds the emulator to the recorded examples in `wire/`.
