"""One module per command; its click object is always called ``command``."""
