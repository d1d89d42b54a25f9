"""`opas scan` prints one JSON object a line, whatever it is given."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from kiosk.model.code import Symbology
from kiosk.model.source import SourceConfig, SourceKind
from kiosk.scanning import picture
from kiosk.scanning.chain import standard_chain
from kiosk.scanning.cli import main
from kiosk.scanning.draw import draw_code
from kiosk.scanning.onsite import Words, camera_named, run
from kiosk.scanning.staging import Pose, stage

BINARY = bytes(range(256))


def draw(path: Path, payload: bytes, symbology: Symbology = Symbology.QR) -> str:
    path.write_bytes(picture.encoded_png(draw_code(payload, symbology, module_px=4)))
    return str(path)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    out = capsys.readouterr().out
    assert all(character.isprintable() or character == "\n" for character in out)
    assert out.isascii()
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("symbology", [Symbology.QR, Symbology.AZTEC, Symbology.PDF417])
def test_a_code_is_one_line_with_its_exact_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], symbology: Symbology
) -> None:
    name = draw(tmp_path / "a.png", BINARY, symbology)
    assert main([name]) == 0
    (line,) = lines(capsys)
    assert set(line) == {"file", "symbology", "text", "bytes", "ms", "decoder"}
    assert (line["file"], line["symbology"], line["decoder"]) == (name, symbology.value, "zxing-cpp")
    assert base64.b64decode(str(line["bytes"])) == BINARY
    assert isinstance(line["ms"], float)


def test_text_is_given_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([draw(tmp_path / "a.png", "Terminaali 2 – Åland".encode())]) == 0
    assert lines(capsys)[0]["text"] == "Terminaali 2 – Åland"


def test_two_codes_in_one_picture_are_two_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = np.hstack([draw_code(b"LEFT", module_px=4, quiet=8), draw_code(b"RITE", module_px=4, quiet=8)])
    (tmp_path / "a.png").write_bytes(picture.encoded_png(both))
    assert main([str(tmp_path / "a.png")]) == 0
    assert {line["text"] for line in lines(capsys)} == {"LEFT", "RITE"}


def test_a_still_picture_gets_every_stage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = draw_code(b"OP1:" + b"A1$" * 42, Symbology.PDF417, module_px=4)
    frame = stage(code, Pose(code_px=260, tilt=(12, -9), roll=11, noise=4, defocus=0.7))
    (tmp_path / "a.png").write_bytes(picture.encoded_png(frame))
    assert main([str(tmp_path / "a.png")]) == 0
    assert lines(capsys)[0]["symbology"] == "pdf417"


def test_each_file_that_gives_nothing_is_one_line_with_its_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "blank.png").write_bytes(picture.encoded_png(np.full((90, 90), 255, np.uint8)))
    good = draw(tmp_path / "good.png", b"GOOD")
    names = [str(tmp_path / name) for name in ("gone.png", "empty.png", "text.png", "blank.png", ".")]
    assert main([*names, good]) == 1
    printed = lines(capsys)
    assert [line["file"] for line in printed] == [*names, good]
    assert ["error" in line for line in printed] == [True] * 5 + [False]
    assert "no code" in str(printed[3]["error"])


def test_names_and_codes_that_would_steer_a_terminal_are_escaped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([draw(tmp_path / "a\x1b[2J\n.png", b"\x1b]0;title\x07\x9b31m")]) == 0
    (line,) = lines(capsys)
    assert base64.b64decode(str(line["bytes"])) == b"\x1b]0;title\x07\x9b31m"


def test_a_name_that_no_file_can_have_is_an_error_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["a\x00b.png"]) == 1
    assert "can't be read" in str(lines(capsys)[0]["error"])


def test_bar_codes_are_read_where_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bars = np.repeat(draw_code(b"OPAS-42", Symbology.CODE128, module_px=3, quiet=12), 20, axis=0)
    (tmp_path / "a.png").write_bytes(picture.encoded_png(bars))
    assert main([str(tmp_path / "a.png")]) == 1
    assert main(["--also", "code128", str(tmp_path / "a.png")]) == 0
    assert [line.get("text") for line in lines(capsys)] == [None, "OPAS-42"]


@pytest.mark.parametrize("arguments", [[], ["--also", "runes", "a.png"], ["--bogus"]])
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "usage: opas scan" in capsys.readouterr().err


def test_help_is_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "opas scan" in capsys.readouterr().out


def test_a_picture_with_transparency_lies_on_white(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = draw_code(b"CLEAR", module_px=4)
    see_through = np.dstack([np.zeros((*code.shape, 3), np.uint8), 255 - code])
    (tmp_path / "a.png").write_bytes(picture.encoded_png(see_through))
    assert main([str(tmp_path / "a.png")]) == 0
    assert lines(capsys)[0]["text"] == "CLEAR"


def test_a_person_gets_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = draw(tmp_path / "good.png", b"GOOD \x1b[2J")
    assert main([good, str(tmp_path / "gone.png")], terminal=True) == 1
    head, row, error = capsys.readouterr().out.splitlines()
    assert head.split() == ["file", "symbology", "read", "by", "ms", "text"]
    assert ("qr" in row, "zxing-cpp" in row, row.endswith(r"GOOD \x1b[2J")) == (True, True, True)
    assert "gone.png" in error
    assert "can't be read" in error


def test_a_picture_is_fitted_into_a_frame_of_the_size_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = draw(tmp_path / "a.png", b"SIZED")
    assert main(["--size", "640x480", "--annotate", str(tmp_path / "out.png"), name]) == 0
    assert lines(capsys)[0]["text"] == "SIZED"
    saved = picture.read_picture(tmp_path / "out.png")
    assert saved is not None
    assert saved.shape == (480, 640, 3)
    assert not np.array_equal(saved[:, :, 0], saved[:, :, 1])


def test_of_several_pictures_each_is_saved_with_its_code_drawn(tmp_path: Path) -> None:
    names = [draw(tmp_path / f"{word}.png", word.encode()) for word in ("ONE", "TWO")]
    assert main(["--annotate", str(tmp_path / "drawn"), *names]) == 0
    assert sorted(path.name for path in (tmp_path / "drawn").iterdir()) == ["ONE.png", "TWO.png"]


def test_what_can_not_be_saved_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--annotate", str(tmp_path / "out.poem"), draw(tmp_path / "a.png", b"A")]) == 1
    assert "end the name in .png" in str(lines(capsys)[1]["error"])


@pytest.mark.parametrize(
    "arguments", [["--size", "big", "a.png"], ["--size", "0x480", "a.png"], ["--camera", "0", "a.png"]]
)
def test_a_size_that_is_none_and_a_camera_with_pictures_are_wrong_usage(arguments: list[str]) -> None:
    assert main(arguments) == 2


def test_a_camera_that_is_not_there_is_told_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--camera", "/dev/no-such-camera"]) == 1
    assert "Plug it in" in capsys.readouterr().err


def test_a_camera_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    said: list[str] = []
    words = Words(lambda *_: None, said.append)
    wanted = [camera_named("/dev/no-such-camera", (1280, 720))]
    assert run(wanted, standard_chain(), words, tmp_path) == 1
    assert said[-1].startswith("No camera is plugged in")
    for name in ("video0", "video2"):
        (tmp_path / name).touch()
    assert run(wanted, standard_chain(), words, tmp_path) == 1
    assert f"Here are {tmp_path}/video0, {tmp_path}/video2" in said[-1]


def test_pictures_in_the_place_of_a_camera_are_read_as_frames_and_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, payload in enumerate((b"ONE", b"ONE", b"TWO")):
        draw(tmp_path / f"{number}.png", payload)
    assert main(["--camera", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert [json.loads(line)["text"] for line in printed.out.splitlines()] == ["ONE", "TWO"]
    assert "a code is read" in printed.err


def test_a_raspberry_pi_camera_is_named_by_its_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert camera_named("picamera:1", (640, 480)) == SourceConfig(SourceKind.PICAMERA, "1", width=640, height=480)
    assert main(["--camera", "picamera"]) == 1
    assert "python3-picamera2" in capsys.readouterr().err


def test_a_devices_file_says_what_is_read_and_from_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its symbologies, its first camera; what else it has is told."""
    bars = np.repeat(draw_code(b"OPAS-42", Symbology.CODE128, module_px=3, quiet=12), 20, axis=0)
    (tmp_path / "frames").mkdir()
    for name in "abcdefghijkl":
        (tmp_path / "frames" / f"{name}.png").write_bytes(picture.encoded_png(bars))
    config = tmp_path / "device.toml"
    folder = f'[[sources]]\nkind = "files"\nfolder = "{tmp_path / "frames"}"\nfps = 10\n'
    config.write_text(
        f'[device]\nid = "x"\n[scanning]\nalso = ["code128"]\n{folder}{folder}[[sources]]\nkind = "keys"\n'
    )
    assert main(["--config", str(config)]) == 0
    printed = capsys.readouterr()
    assert [json.loads(line)["text"] for line in printed.out.splitlines()] == ["OPAS-42"]
    assert "one camera at a time" in printed.err
    assert "keys: a scanner that types" in printed.err
    assert main(["--config", str(config), str(tmp_path / "frames" / "a.png")]) == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[sources]]\nkind = "kamera"\n', "Did you mean `camera`?"),
        ('[scanning]\nalso = ["code-128"]\n', "Did you mean `code128`?"),
        ("[[sources", "is not TOML"),
        ("", "can't be read"),
    ],
)
def test_a_mistake_in_a_devices_file_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    config = tmp_path / "device.toml"
    if text:
        config.write_text(text)
    assert main(["--config", str(config)]) == 78
    assert says in capsys.readouterr().err
