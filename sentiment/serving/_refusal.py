"""A request that is answered with an error instead of predictions."""

import json


class Refusal(Exception):  # noqa: N818 - what the client is told, not our error
    """Why a request is refused.

    ``message``: one sentence or two for whoever sent the request. ``status``: the HTTP
    status. ``code``: one of MLflow's error codes.
    """

    def __init__(
        self, message: str, status: int = 400, code: str = "BAD_REQUEST"
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code

    def to_json(self) -> bytes:
        """Return the body of the answer, in MLflow's form."""
        body = {"error_code": self.code, "message": self.message}
        return json.dumps(body).encode()


def internal_error() -> Refusal:
    """Return what is told of a fault of ours."""
    return Refusal(
        "The model failed. The log of the server has the details.",
        status=500,
        code="INTERNAL_ERROR",
    )
