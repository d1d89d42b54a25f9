"""`report.html`: the storyboard, each step with its picture and its measured times. One page, relative pictures."""

import os
import statistics
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from deploy.demo.exactlyonce import Tally
from deploy.demo.record import Ending, Glimpse, SceneRecord, StoryRecord

_MARKS = {Ending.PLAYED: ("✓", "As told"), Ending.FAILED: ("✗", "Failed"), Ending.LEFT_OUT: ("–", "Not played")}
_STYLE = """
:root{--ink:#0f172a;--soft:#475569;--line:#d5dbe5;--ground:#f1f4f8;--go:#065f3c;--stop:#9f1d1d;--wait:#92400e}
*{box-sizing:border-box}
body{margin:0;font:17px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground)}
header{color:#fff;padding:1.6rem max(1.2rem,5vw)}header.played{background:var(--go)}header.failed{background:var(--stop)}
h1{margin:0;font-size:2rem;line-height:1.2}header p{margin:.4rem 0 0;font-size:1.15rem}header a{color:#fff}
main{padding:1rem max(1.2rem,5vw) 4rem;max-width:110rem}
section{background:#fff;border:1px solid var(--line);border-radius:1rem;padding:1.1rem 1.3rem;margin:1.1rem 0}
.scenes{display:flex;flex-wrap:wrap;gap:1.1rem}.scenes section{margin:0;flex:1 1 auto;max-width:100%}
h2{margin:0;font-size:1.35rem;display:flex;gap:.7rem;align-items:center}
h2 .mark{flex:none;width:2rem;height:2rem;border-radius:50%;color:#fff;display:grid;place-items:center;font-size:1.1rem}
.played .mark{background:var(--go)}.failed .mark{background:var(--stop)}.left .mark{background:var(--soft)}
section>p{margin:.2rem 0 .8rem 2.7rem;color:var(--soft)}
section>p.problem{color:var(--stop);font-weight:600;white-space:pre-wrap}
.seen{display:flex;flex-wrap:wrap;gap:1.1rem;align-items:flex-start}
figure{margin:0;display:flex;flex-direction:column}
figure img{display:block;border:1px solid var(--line);border-radius:.5rem;background:#000;height:24rem;width:auto;
max-width:100%}
figure.wide img{height:auto;width:32rem}
figure.wide{max-width:32rem}figure.tall{max-width:16rem}
figcaption b{display:block;margin-top:.5rem;line-height:1.3}figcaption span{display:block;color:var(--soft);
font-size:.92rem}
dl{display:grid;grid-template-columns:1fr auto;gap:0 .8rem;margin:.3rem 0 0;font-size:.92rem}
dt{color:var(--soft)}dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%}th,td{padding:.35rem .7rem;border-bottom:1px solid var(--line);text-align:left}
th{color:var(--soft);font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
@media(max-width:40rem){.says{display:none}th,td{padding:.35rem .4rem}figure.wide img{width:100%}figure img{height:auto;width:100%}figure.tall{max-width:100%}}
@media print{section{break-inside:avoid}}
"""
_TIMES = (
    ("frame → decoded", "from the frame that showed the code to the decoded code"),
    ("decoded → on glass", "from the decoded code to the answer on the glass"),
    ("written → in the hub", "from the event's commit on the device to its commit in the hub"),
)


def write_report(path: Path, story: StoryRecord, shown_on: str) -> Path:
    """Write the page; `shown_on` is a date and time in words."""
    path.write_text(_page(path.parent, story, shown_on), encoding="utf-8")
    return path


def _page(folder: Path, story: StoryRecord, shown_on: str) -> str:
    failed = story.failed
    kind = "failed" if failed else "played"
    headline = f"{len(failed)} of {len(story.scenes)} scenes failed" if failed else "The whole way, as told"
    scenes = "".join(_scene(folder, story, scene) for scene in story.scenes)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Opas: {escape(headline)}</title><style>{_STYLE}</style></head><body>
<header class="{kind}"><h1>{escape(headline)}</h1>
<p>{len(story.scenes)} scenes in {story.seconds:.0f} s, {escape(shown_on)}. Every screen was really shown, every code
really read from camera frames. <a href="codes/index.html">The codes</a> · <a href="logs/">The logs</a></p></header>
<main>{_failures(failed)}{_summary(story)}<div class="scenes">{scenes}</div></main></body></html>
"""


def _failures(failed: Sequence[SceneRecord]) -> str:
    if not failed:
        return ""
    items = "".join(f"<li><b>{escape(s.title)}</b>: {escape(s.problem or _MARKS[s.ending][1])}</li>" for s in failed)
    return f'<section class="failed"><h2><span class="mark">✗</span>What failed</h2><ul>{items}</ul></section>'


def _summary(story: StoryRecord) -> str:
    glimpses = [glimpse for scene in story.scenes for glimpse in scene.glimpses]
    # What waited for the broker says nothing about how fast a commit is.
    online = [g for scene in story.scenes if not scene.cut_off for g in scene.glimpses]
    columns = (
        _known(glimpse.decode_ms for glimpse in glimpses),
        _known(glimpse.glass_ms for glimpse in glimpses),
        _known(story.commit_of(glimpse) for glimpse in online if glimpse.events),
    )
    rows = "".join(
        f'<tr><td><b>{name}</b><br><span class="says">{says}</span></td>{_numbers(values)}</tr>'
        for (name, says), values in zip(_TIMES, columns, strict=True)
    )
    return (
        '<section class="played"><h2>Measured while it was played</h2><div class="scroll"><table><tr><th>Time</th>'
        '<th class="n">median</th><th class="n">slowest</th><th class="n">measured</th></tr>'
        f"{rows}</table></div><p>All processes share this one machine, and each screen is saved as a picture: "
        "<code>make bench</code> measures without that. Events kept while the broker was cut are not in the third line.</p></section>"
    )


def _scene(folder: Path, story: StoryRecord, scene: SceneRecord) -> str:
    mark, word = _MARKS[scene.ending]
    kind = {Ending.PLAYED: "played", Ending.FAILED: "failed", Ending.LEFT_OUT: "left"}[scene.ending]
    problem = f'<p class="problem">{escape(scene.problem)}</p>' if scene.problem else ""
    seen = "".join(_glimpse(folder, story, glimpse) for glimpse in scene.glimpses)
    tallies = _tallies(story.tallies) if scene is story.scenes[-1] else ""
    return (
        f'<section class="{kind}"><h2><span class="mark" role="img" aria-label="{word}">{mark}</span>'
        f"{escape(scene.title)}</h2><p>{escape(scene.text)} {scene.seconds:.1f} s.</p>{problem}"
        f'<div class="seen">{seen}</div>{tallies}</section>'
    )


def _glimpse(folder: Path, story: StoryRecord, glimpse: Glimpse) -> str:
    times = (glimpse.decode_ms, glimpse.glass_ms, story.commit_of(glimpse) if glimpse.events else None)
    items = "".join(
        f'<dt title="{says}">{name}</dt><dd>{_ms(value)}</dd>'
        for (name, says), value in zip(_TIMES, times, strict=True)
        if value is not None
    )
    times_list = f"<dl>{items}</dl>" if items else ""
    caption = f"<figcaption><b>{escape(glimpse.says)}</b><span>{escape(glimpse.device)}</span>{times_list}</figcaption>"
    if glimpse.picture is None:
        return f"<figure>{caption}</figure>"
    source = escape(os.path.relpath(glimpse.picture, folder))
    shape = "tall" if _is_tall(glimpse.picture) else "wide"
    alt = escape(f"{glimpse.device}: {glimpse.says}")
    return (
        f'<figure class="{shape}"><a href="{source}"><img src="{source}" alt="{alt}" loading="lazy"></a>'
        f"{caption}</figure>"
    )


def _tallies(tallies: Sequence[Tally]) -> str:
    rows = "".join(
        f"<tr><td>{escape(t.device)}</td><td>{escape(t.epoch)}</td><td class='n'>{t.written}</td>"
        f"<td class='n'>{t.held}</td><td>{escape('; '.join(t.problems) or 'each exactly once')}</td></tr>"
        for t in tallies
    )
    return (
        '<div class="scroll"><table><tr><th>Device</th><th>Epoch</th><th class="n">written</th>'
        f'<th class="n">in the hub</th><th></th></tr>{rows}</table></div>'
    )


def _is_tall(picture: Path) -> bool:
    # A PNG's width and height stand in its first chunk (ISO/IEC 15948, 11.2.2).
    head = picture.read_bytes()[16:24]
    return int.from_bytes(head[4:]) > int.from_bytes(head[:4])


def _known(values: Iterable[int | None]) -> list[int]:
    return [value for value in values if value is not None]


def _numbers(values: Sequence[int]) -> str:
    if not values:
        return '<td class="n">–</td><td class="n">–</td><td class="n">0</td>'
    cells = (_ms(round(statistics.median(values))), _ms(max(values)), str(len(values)))
    return "".join(f'<td class="n">{cell}</td>' for cell in cells)


def _ms(value: int) -> str:
    return f"{value} ms" if value < 10_000 else f"{value / 1000:.1f} s"  # noqa: PLR2004 - five digits are hard to read
