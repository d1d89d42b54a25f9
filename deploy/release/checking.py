"""Every check of a pack's source, in order, as one report."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from deploy.release.answers import Answers, nothing_told
from deploy.release.finding import Finding, PackRefused
from deploy.release.fit import fit_flaws
from deploy.release.gates import gate_flaws, out_of_reach
from deploy.release.housefit import LOCALES, house_findings
from deploy.release.misfit import misfit
from deploy.release.proof import Proof
from deploy.release.proof.prove import Told
from deploy.release.replay import replayed
from deploy.release.scenarios import Scenarios
from deploy.release.source import FILES, Source, read_source
from deploy.release.speakable import speech_flaws
from kiosk.guidance import PackError
from kiosk.guidance.load import MAX_PACK_BYTES, canonical, load_pack, version_of
from kiosk.guidance.references import Flaw, flaws_of
from kiosk.model.pack import Pack


@dataclass(slots=True)
class Report:
    """What the checks found. `body` is the compiled pack, empty when it is refused."""

    findings: list[Finding] = field(default_factory=list)
    body: bytes = b""
    pack: Pack | None = None
    proof: Proof = field(default_factory=Proof)
    on_last_resort: list[str] = field(default_factory=list)
    scenarios: int = 0


def check(folder: Path, told: Told = nothing_told, pictures: Path | None = None, locales: Path = LOCALES) -> Report:
    """Compile the source in `folder` and try every gate. Pictures of holes are drawn into `pictures`.

    `locales` holds the catalogues of the house's own texts, which share the screens with the pack's.
    """
    report = Report()
    try:
        source = read_source(folder)
        scenarios = Scenarios(folder)
        report.pack, report.body = compiled(source, folder)
    except PackRefused as refused:
        report.findings = list(refused.findings)
        return report
    flaws = [*flaws_of(report.pack)]
    # The gates only once the references hold: they build on them.
    drawn: dict[str, str] = {}
    if not flaws:
        answers = Answers(report.pack, told)
        flaws = [*answers.flaws()]
        if not answers.too_many:
            flaws += [*gate_flaws(report.pack), *fit_flaws(report.pack), *speech_flaws(report.pack)]
        report.proof, report.on_last_resort = answers.proof, list(answers.on_last_resort())
        drawn = answers.pictures(pictures) if pictures else {}
        report.scenarios = len(scenarios.all)
    found = {located(source, flaw) for flaw in flaws}
    if not flaws:
        found |= {*replayed(scenarios, report.pack), *house_findings(report.pack, locales)}
    report.findings = sorted(replace(each, picture=drawn.get(each.counterexample, "")) for each in found)
    return report


def open_pack(path: Path) -> Pack:
    """The pack in a source folder, compiled but not proved, or in a compiled file. Raises `PackRefused`."""
    if path.is_dir():
        pack, _ = compiled(read_source(path), path)
        flaws = [f"{flaw.table}, {flaw.key}: {flaw.what}" for flaw in flaws_of(pack)]
        if flaws:
            raise PackRefused([Finding(path.name, 0, 0, flaws[0], "Check this pack first.")])
        return pack
    try:
        return load_pack(path.read_bytes())
    except OSError as error:
        what = f"The pack can't be read ({error.strerror})."
        raise PackRefused([Finding(path.name, 0, 0, what, "Name a pack's folder or its compiled file.")]) from error
    except PackError as error:
        raise PackRefused([Finding(path.name, 0, 0, error.what, error.todo)]) from error


def build_pack(folder: Path) -> bytes:
    """The compiled pack as canonical JSON, after every check. Raises `PackRefused` with all that is wrong."""
    report = check(folder)
    if report.findings:
        raise PackRefused(report.findings)
    return report.body


def compiled(source: Source, folder: Path) -> tuple[Pack, bytes]:
    """The pack of a source, its references not looked at yet, and its canonical bytes. Raises `PackRefused`."""
    try:
        body = canonical({**source.body, "version": version_of(source.body)})
        msgspec.convert({**source.body, "version": ""}, Pack)
        # What is checked is what devices get: a NaN, which JSON has not, is no number any more.
        pack = msgspec.convert(msgspec.json.decode(body), Pack)
    except msgspec.ValidationError as error:
        raise PackRefused([misfit(source, str(error))]) from error
    except RecursionError as error:
        raise PackRefused([Finding(folder.name, 0, 0, "The pack nests too deep.", "Write it flat.")]) from error
    if len(body) > MAX_PACK_BYTES:
        what = f"The compiled pack has {len(body)} bytes; devices read at most {MAX_PACK_BYTES}."
        raise PackRefused([Finding(folder.name, 0, 0, what, "Take out what the site does not need.")])
    return pack, body


def located(source: Source, flaw: Flaw) -> Finding:
    """A flaw with the file and line that it stands in."""
    line, column = source.place(flaw.table, flaw.key or flaw.near)
    what = f"{flaw.key}: {flaw.what}" if flaw.key else flaw.what
    return Finding(FILES[flaw.table], line, column, what, flaw.todo, flaw.gate, flaw.counterexample)


def as_json(report: Report, more: Iterable[tuple[str, object]] = ()) -> bytes:
    """The report for a machine: findings with file, line, column, gate, counterexample and picture."""
    body: dict[str, object] = {
        "version": report.pack.version if report.pack and not report.findings else None,
        "ok": not report.findings,
        "situations": report.proof.situations,
        "cases": report.proof.cases,
        "on_last_resort": report.on_last_resort,
        "out_of_reach": [*out_of_reach(report.pack)] if report.pack and not report.findings else [],
        "findings": [msgspec.to_builtins(each) for each in report.findings],
        **dict(more),
    }
    return msgspec.json.format(msgspec.json.encode(body), indent=2)


def summary(report: Report) -> Iterator[str]:
    """What was proved, in a line or two."""
    pack = report.pack
    if pack is not None:
        yield f"{report.proof.situations:,} situations in {len(pack.languages)} languages ({', '.join(pack.languages)}) \
decided in {report.proof.cases:,} cases; {len(pack.rows)} rows, {report.scenarios} scenarios."
    if report.on_last_resort:
        yield "On the last resort, as declared:"
        yield from (f"  {each}" for each in report.on_last_resort)
    if pack is not None and pack.unreachable:
        yield "Out of reach, as declared:"
        yield from (f"  {each}" for each in out_of_reach(pack))
