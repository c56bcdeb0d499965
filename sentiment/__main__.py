"""``python -m sentiment`` is the ``sentiment`` command."""

from sentiment_cli.__main__ import main

if __name__ == "__main__":
    main()
