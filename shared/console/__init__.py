"""What the consoles of all services share: frame, words, look, and the sign-in as a page sees it."""
