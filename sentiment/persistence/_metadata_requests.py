"""Leave out of a stored model what its estimators request for their next fit."""

import pickle
from io import BytesIO
from typing import Any

_REQUESTS = "_metadata_request"


def forget_requests(pipeline: Any) -> Any:
    """Return a Pipeline without metadata requests, a copy where it has some.

    An estimator after ``set_fit_request`` points at itself (scikit-learn 1.9), and
    skops would follow it for ever. Answers do not depend on requests.
    """
    # What is fitted inside an estimator is a clone of a parameter, with its requests.
    inside = pipeline.get_params().values()
    if not any(_REQUESTS in getattr(one, "__dict__", ()) for one in inside):
        return pipeline
    file = BytesIO()
    _Pickler(file).dump(pipeline)
    # Not a file of anyone's: the bytes were made above.
    return pickle.loads(file.getbuffer())


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        if _REQUESTS not in getattr(obj, "__dict__", ()):
            return NotImplemented
        make, arguments, state = obj.__reduce_ex__(pickle.DEFAULT_PROTOCOL)[:3]
        left = {name: value for name, value in state.items() if name != _REQUESTS}
        return make, arguments, left
