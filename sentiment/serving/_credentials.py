"""Who may ask, and by which certificate they know us."""

import hashlib
import hmac
import ssl
from collections.abc import Iterable
from pathlib import Path

from sentiment._messages import first_line, shown
from sentiment.exceptions import ServingError

_MOST_BYTES = 1 << 16


def read_tokens(path: str | Path | None) -> tuple[bytes, ...]:
    """Return the digests of the tokens in a file, one on each line.

    Raises ServingError if the file cannot be read, or a line of it is no token.
    """
    if path is None:
        return ()
    try:
        lines = Path(path).read_bytes()[:_MOST_BYTES].decode("ascii").split("\n")
    except (OSError, ValueError) as error:
        raise ServingError(
            f"The tokens in {shown(str(path), 200)} cannot be read: "
            f"{first_line(error, 200)}. A token is printable ASCII on a line of its "
            "own."
        ) from error
    tokens = [line.strip() for line in lines if line.strip()]
    if not tokens or any(" " in one or not one.isprintable() for one in tokens):
        raise ServingError(
            f"{shown(str(path), 200)} takes one token a line, without spaces, and "
            f"{'a line holds a space' if tokens else 'it holds none'}. Make one with "
            f"`openssl rand -hex 32`."
        )
    return tuple(_digest(one.encode()) for one in tokens)


def is_known(headers: Iterable[tuple[bytes, bytes]], tokens: tuple[bytes, ...]) -> bool:
    """Return whether a request carries one of the tokens.

    All are compared, and as long whatever was sent.
    """
    given = [value for name, value in headers if name.lower() == b"authorization"]
    scheme, _, token = (given[0] if len(given) == 1 else b"").partition(b" ")
    digest = _digest(token.strip())
    found = [hmac.compare_digest(digest, one) for one in tokens]
    return any(found) and scheme.lower() == b"bearer"


def check_certificate(cert: str | Path | None, key: str | Path | None) -> None:
    """Refuse files that cannot be served with, before a model is loaded.

    Raises ServingError if one is missing, damaged, or the key is encrypted or another
    certificate's.
    """
    if cert is None and key is None:
        return
    if cert is None or key is None:
        raise ServingError(
            "TLS takes a certificate and its key: tls_cert=... and tls_key=..."
        )
    for path in (cert, key):
        if not Path(path).is_file():
            raise ServingError(f"There is no file {shown(str(path), 200)} for TLS.")

    def refuse() -> str:
        # OpenSSL would ask on the terminal.
        raise ServingError(f"The key {shown(str(key), 200)} is encrypted. Decrypt it.")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(cert, key, password=refuse)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise ServingError(
            f"The certificate {shown(str(cert), 200)} and the key "
            f"{shown(str(key), 200)} cannot be used: {first_line(error, 200)}. They "
            "are PEM files that belong together."
        ) from error


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()
