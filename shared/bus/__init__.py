"""How events travel: the envelope, and carriers that promise the same."""
