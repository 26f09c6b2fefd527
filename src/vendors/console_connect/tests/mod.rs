//! The client against answers after the vendor's samples: what it makes of them, and what it sends.
