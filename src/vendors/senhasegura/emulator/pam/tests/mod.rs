//! A2A as a client sees it: requests in, answers out.
