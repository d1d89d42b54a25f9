"""`opas scan FILE…`, `--camera` and `--config`: reads codes with the same decoders as the kiosk and prints them."""

import argparse
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.errors import ConfigurationError
from kiosk.model.source import Also, symbologies
from kiosk.scanning.listing import Line, Show, as_json, as_row, error_line, found_line, plain, table_head

if TYPE_CHECKING:
    from kiosk.scanning.chain import Chain
    from kiosk.scanning.found import Found
    from kiosk.scanning.picture import Bgr
    from kiosk.scanning.site import Site
    from kiosk.scanning.source import Frame

_SIZE = re.compile(r"([1-9]\d{0,4})[x×]([1-9]\d{0,4})")


def main(argv: Sequence[str], *, terminal: bool | None = None) -> int:
    """0 if each file held a code, 1 if some file could not be read or held none, 2 for wrong usage.

    `terminal` says whether a person reads what is printed; by default that is found out.
    """
    parser = _parser()
    try:
        options = parser.parse_args(argv)
        if options.files and options.camera is not None:
            parser.error("name either pictures or --camera")
        if not options.files and options.camera is None and options.config is None:
            parser.error("name pictures, --camera or --config")
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        site = _site(options)
    except ConfigurationError as error:
        _say(str(error))
        return error.exit_status
    from kiosk.scanning.chain import standard_chain  # noqa: PLC0415 - --help needs no OpenCV

    also = tuple(map(Also, options.also)) or (site.scanning.also if site else ())
    chain = standard_chain(symbologies(also))
    person = sys.stdout.isatty() if terminal is None else terminal
    show = as_row if person else as_json
    if person:
        _print(table_head())
    return _files(options, chain, show) if options.files else _live(options, site, chain, show)


def _site(options: argparse.Namespace) -> "Site | None":
    from kiosk.scanning.site import read_site  # noqa: PLC0415 - only for this

    return None if options.config is None else read_site(options.config)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="opas scan",
        description="Read codes from pictures, or from cameras and scanners as the kiosk would. Prints a table on a "
        "terminal, else one JSON object a line for each code, and one with `error` for a file that can't be read or "
        "holds none. QR, Aztec and PDF417 are always read.",
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="a picture: PNG, JPEG, …")
    parser.add_argument(
        "--also",
        action="append",
        choices=[one.value for one in Also],
        default=[],
        help="read this symbology too; can be repeated",
    )
    _add_for_pictures(parser)
    _add_sources(parser)
    return parser


def _add_for_pictures(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--size", type=_size, metavar="WxH", help="fit each picture into a frame of this size first, such as 1280x720"
    )
    parser.add_argument(
        "--annotate",
        type=Path,
        metavar="OUT",
        help="save the picture with the codes found drawn in: a file, or a folder if there are several pictures",
    )


def _add_sources(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--camera",
        nargs="?",
        const="0",
        metavar="DEVICE",
        help="read from this camera until Ctrl-C: a path or number, picamera, or a folder of pictures or a film instead",
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="read from the cameras and scanners of this device.toml, set up and with the symbologies that it says",
    )


def _size(text: str) -> tuple[int, int]:
    match = _SIZE.fullmatch(text)
    if match is None:
        msg = f"{text!r} is no size; write width x height in pixels, such as 1280x720"
        raise argparse.ArgumentTypeError(msg)
    return int(match[1]), int(match[2])


def _files(options: argparse.Namespace, chain: "Chain", show: Show) -> int:
    failed = False
    for name in options.files:
        for line in _lines(name, chain, options):
            failed = failed or "error" in line
            _print(show(line))
    return 1 if failed else 0


def _lines(name: str, chain: "Chain", options: argparse.Namespace) -> Iterator[Line]:
    from kiosk.scanning.picture import fitted, gray_of, read_picture  # noqa: PLC0415 - --help needs no OpenCV

    try:
        picture = read_picture(Path(name))
    except (OSError, ValueError) as error:
        yield error_line(name, f"this file can't be read: {_reason(error)}")
        return
    if picture is None:
        yield error_line(name, "this file is no picture, or is damaged")
        return
    if options.size is not None:
        picture = fitted(picture, options.size)
    before = time.perf_counter()
    reading = chain.read_still(gray_of(picture))
    took = round((time.perf_counter() - before) * 1000, 3)
    if not reading.found:
        yield error_line(name, "no code was found in this picture")
    for found in reading.found:
        yield found_line(name, found, took)
    if options.annotate is not None:
        yield from _annotated(name, picture, reading.found, options)


def _annotated(name: str, picture: "Bgr", found: "Sequence[Found]", options: argparse.Namespace) -> Iterator[Line]:
    """Save the picture with its codes drawn in; a line only if that fails."""
    from kiosk.scanning.picture import outlined, write_picture  # noqa: PLC0415 - --help needs no OpenCV

    for one in found:
        picture = outlined(picture, one.corners)
    out: Path = options.annotate
    several = len(options.files) > 1 or out.is_dir()
    try:
        if several:
            out.mkdir(parents=True, exist_ok=True)
        write_picture(out / f"{Path(name).stem}.png" if several else out, picture)
    except (OSError, ValueError) as error:
        yield error_line(name, f"the picture can't be saved to {out}: {_reason(error)}")


def _reason(error: OSError | ValueError) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def _live(options: argparse.Namespace, site: "Site | None", chain: "Chain", show: Show) -> int:
    from kiosk.scanning import onsite  # noqa: PLC0415 - --help needs no OpenCV

    def read(name: str, found: "Found", took: float, frame: "Frame | None") -> None:
        _print(show(found_line(name, found, took)))
        if frame is not None and options.annotate is not None:
            for line in _annotated(name, _colour(frame), [found], options):
                _print(show(line))

    options.files = ["camera"]
    sources = site.sources if site else ()
    if options.camera is not None:
        sources = (onsite.camera_named(options.camera, options.size or (1280, 720)),)
    return onsite.run(sources, chain, onsite.Words(read, _say))


def _colour(frame: "Frame") -> "Bgr":
    from kiosk.scanning.picture import bgr_of  # noqa: PLC0415 - --help needs no OpenCV

    return bgr_of(frame.gray) if frame.colour is None else frame.colour


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _say(text: str) -> None:
    sys.stderr.write("\n".join(map(plain, text.splitlines())) + "\n")
    sys.stderr.flush()
