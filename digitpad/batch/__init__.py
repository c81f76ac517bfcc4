"""Many items in, one table out: sources are streamed, read by processes, and nothing is lost."""
