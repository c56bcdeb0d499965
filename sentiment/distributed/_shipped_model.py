"""A fitted Pipeline on its way to the workers of a cluster."""

import hashlib
import os
import pickle
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Any

from sentiment.exceptions import ModelError
from sentiment.version import VERSION

# A worker that lives long answers for several models; each takes memory.
_MODELS_KEPT = 4
_loading = Lock()


@dataclass(frozen=True)
class ShippedModel:
    """The bytes of a Pipeline, which no worker needs a store or a file system for.

    ``data``: the Pipeline, pickled, as all that engines send to their workers.
    ``digest``: the SHA-256 of ``data``: what tells two models apart. ``version``: of
    the package that pickled it.
    """

    data: bytes = field(repr=False)
    digest: str
    version: str

    @classmethod
    def pack(cls, pipeline: Any) -> "ShippedModel":
        """Return a Pipeline as bytes; classes of ``__main__`` are among them."""
        import cloudpickle

        data = zlib.compress(cloudpickle.dumps(pipeline), 1)
        return cls(data, hashlib.sha256(data).hexdigest(), VERSION)

    def __dask_tokenize__(self) -> tuple[str, str]:
        """Return what Dask names the tasks by, without looking through the bytes."""
        return (self.digest, self.version)

    def __hash__(self) -> int:
        return hash(self.digest)

    def open(self) -> Any:
        """Return the Pipeline: the same object each time in a process.

        Raises ModelError if another version of the package is installed here.
        """
        if self.version != VERSION:
            raise ModelError(
                f"This worker has sentiment {VERSION} and the client "
                f"{self.version}. Install the same version on both."
            )
        # One thread loads while the others wait for what it loads.
        with _loading:
            return _load(self)


@lru_cache(_MODELS_KEPT)
def _load(model: ShippedModel) -> Any:
    from sentiment.serving import use_one_job

    # As many tasks run at a time as there are processors; none needs further threads.
    os.environ.setdefault("SENTIMENT_THREADS", "1")
    pipeline = pickle.loads(zlib.decompress(model.data))
    use_one_job(pipeline)
    return pipeline
