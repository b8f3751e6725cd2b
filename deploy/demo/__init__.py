"""A city that doesn't exist, as the files a bureau would bring."""
