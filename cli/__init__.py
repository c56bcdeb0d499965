"""The ``sentiment`` command: each command parses, makes one library call, renders."""
