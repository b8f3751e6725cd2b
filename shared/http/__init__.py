"""HTTP for every service alike: problems, tokens, commands that may be repeated, lists."""
