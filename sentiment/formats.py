"""The formats of files that are read and written, readable without importing more."""

__all__ = ["COMPRESSIONS", "ENDINGS", "READABLE", "WRITABLE"]

COMPRESSIONS = {
    ".gz": "gzip", ".zst": "zstd", ".bz2": "bz2", ".xz": "xz", ".zip": "zip",
}  # fmt: skip
"""The endings of compressed files; what a file is, its first bytes say."""

ENDINGS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".txt": "txt",
    ".xlsx": "xlsx",
    ".xls": "xlsx",
    ".ods": "xlsx",
    ".db": "sqlite",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
}
"""The format that an ending says; what a .txt file is, its first line does."""

READABLE = (
    "csv", "tsv", "jsonl", "json", "parquet", "arrow", "fasttext", "lines", "xlsx",
    "sqlite",
)  # fmt: skip
"""What ``input_format`` may be."""

WRITABLE = ("csv", "tsv", "jsonl", "json", "parquet", "arrow", "xlsx", "sqlite")
"""What ``output_format`` may be."""
