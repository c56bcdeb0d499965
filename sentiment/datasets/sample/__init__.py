"""The bundled sample of film reviews; see README.md beside this file."""
