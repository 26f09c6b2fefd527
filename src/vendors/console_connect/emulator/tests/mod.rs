//! Talks to the emulator as clients do: each test holds it to a rule of the vendor.
