"""The simulated people: their stories, what they do over the public API, and what must hold afterwards."""
