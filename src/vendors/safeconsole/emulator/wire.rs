//! Holds the emulator to the recorded examples in `wire/`, each asked of a fresh world.

