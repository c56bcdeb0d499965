"""What the exit code of ``sentiment`` means."""

OK = 0
"""Done."""
FAILED = 1
"""Could not: data, model, store, port or disk."""
USAGE = 2
"""The command line itself is wrong. Click's own code for that."""
MISSED = 3
"""Done, but a threshold or a check was missed."""
INTERRUPTED = 130
"""Stopped by Ctrl-C (128 + SIGINT)."""
TERMINATED = 143
"""Stopped by SIGTERM (128 + SIGTERM)."""
