"""What both apps share: bounded bodies, JSON answers, errors that say what to do, tokens."""

import hmac
import logging
from typing import TypeVar

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from sync.hub.errors import DataError, Refused
from sync.hub.fleet import token_hash
from sync.hub.importing.request import refusal

_T = TypeVar("_T")
_ENCODER = msgspec.json.Encoder(enc_hook=str)
_TODO = {
    404: "Check the address; the routes are listed in the documentation.",
    405: "Use the method that the route takes.",
}
_log = logging.getLogger(__name__)


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every error."""

    error: str
    todo: str
    field: str = ""


def answer(value: object, status: int = 200) -> Response:
    """`value` as JSON."""
    return Response(_ENCODER.encode(value), status, media_type="application/json")


def make_app() -> FastAPI:
    """An app without pages of its own, whose errors are all of one form."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        return answer(Problem(error.what, error.todo, error.field), error.status)

    @app.exception_handler(DataError)
    async def unavailable(_: Request, error: DataError) -> Response:
        _log.error("a request could not be answered: %s", error)
        return answer(Problem("The hub's database can't be used now.", "Try again; the hub's log says more."), 503)

    @app.exception_handler(HTTPException)
    async def plain(_: Request, error: HTTPException) -> Response:
        todo = _TODO.get(error.status_code, "Check the request.")
        return answer(Problem(f"{error.detail}.", todo), error.status_code)

    @app.exception_handler(RequestValidationError)
    async def misread(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        field = str(first["loc"][-1])
        return answer(Problem(f"{first['msg']}.", f"Correct {field} in the address.", field), 422)

    return app


async def body_of(request: Request, limit: int) -> bytes:
    """The request's body. Raises `Refused` as soon as it exceeds `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise Refused(f"The body has more than {limit} bytes.", "Send it in several parts.", status=413)
        parts.append(part)
    return b"".join(parts)


def read_form(body: bytes, kind: type[_T]) -> _T:
    """The form in a JSON body. Raises `Refused` that names the field."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise refusal(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("The body is not JSON.", "Send one JSON object.", status=400) from error


def bearer(request: Request) -> str:
    """The token that the request carries. Raises `Refused` with 401 when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthorized("The request carries no token.")
    return token.strip()


def unauthorized(what: str) -> Refused:
    """A token that is missing or not known."""
    todo = "Send the header `Authorization: Bearer <token>` with the token that the hub gave."
    return Refused(what, todo, status=401)


def same_token(given: str, expected_hash: str) -> bool:
    """Whether `given` hashes to `expected_hash`, in a time that tells nothing."""
    return hmac.compare_digest(token_hash(given), expected_hash)
