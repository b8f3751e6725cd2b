"""The pure part: what can be, what may be wished, what follows."""
