"""The page with all codes: grouped, searchable, printable, and readable on the phone that is then held up."""

from collections.abc import Mapping, Sequence
from html import escape

from deploy.demo.content import Group, Kind, Sample

_KIND_WORDS = {Kind.TICKET: "Ticket", Kind.LOYALTY: "Loyalty code", Kind.ORDER: "Order", Kind.PLAIN: "Plain code"}
_HINTS = {
    Group.STORY: "Hold one up to a camera, or click it in the strip beside the kiosk's window.",
    Group.REFUSED: "Each meets another refusal: the screen says what to do.",
    Group.TICKETS: "Checked in at the terminal's kiosk, used once at its gate.",
    Group.ORDERS: "Shown at the kiosk they tell how far the order is; at the desk they collect it.",
    Group.LOYALTY: "They show whatever is next for their owner.",
}
_STYLE = """
:root{--ink:#0f172a;--soft:#475569;--line:#cbd5e1;--ground:#f1f4f8;--go:#065f3c}
*{box-sizing:border-box}
body{margin:0;font:17px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--ground)}
header{background:var(--go);color:#fff;padding:1.2rem max(1rem,4vw) 1rem}
h1{margin:0;font-size:1.7rem}header p{margin:.3rem 0 0;max-width:44rem}
.find{position:sticky;top:0;z-index:1;background:#fff;border-bottom:1px solid var(--line);
padding:.7rem max(1rem,4vw);display:flex;gap:.8rem;flex-wrap:wrap;align-items:center}
.find input{flex:1 1 14rem;font:inherit;padding:.55rem .8rem;border:2px solid var(--soft);border-radius:.5rem}
.find select{font:inherit;padding:.55rem;border:2px solid var(--soft);border-radius:.5rem;background:#fff}
main{padding:0 max(1rem,4vw) 3rem}h2{margin:1.8rem 0 .1rem;font-size:1.3rem}h2+p{margin:0 0 .8rem;color:var(--soft)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(13.5rem,1fr));gap:1rem}
figure{margin:0;background:#fff;border:1px solid var(--line);border-radius:.8rem;padding:.8rem;display:flex;
flex-direction:column}
figure button{all:unset;cursor:zoom-in;display:block}
figure button:focus-visible{outline:3px solid #1d4ed8;outline-offset:2px}
figure img{width:100%;height:auto;image-rendering:pixelated;display:block}
figcaption b{display:block;font-size:1.1rem;margin-top:.5rem}figcaption span{color:var(--soft);display:block}
figcaption a{display:inline-block;padding:.35rem 0;color:#1d4ed8}
.none{color:var(--soft);padding:1rem 0}[hidden]{display:none!important}
dialog{border:0;border-radius:1rem;padding:1rem;width:min(94vw,34rem);text-align:center;background:#fff;color:#0f172a}
dialog::backdrop{background:#0f172acc}dialog img{width:100%;height:auto;image-rendering:pixelated}
dialog b{font-size:1.4rem;display:block}
dialog button{font:inherit;padding:.6rem 1.6rem;border-radius:.5rem;border:2px solid var(--soft);background:#fff}
@media print{.find,dialog,figcaption a,header p{display:none}header{background:none;color:#000;padding:0}
body{background:#fff;font-size:11pt}.cards{grid-template-columns:repeat(3,1fr)}figure{break-inside:avoid}}
"""
_SCRIPT = """
const word=document.querySelector('#word'),site=document.querySelector('#site'),none=document.querySelector('.none');
const cards=[...document.querySelectorAll('figure')],parts=[...document.querySelectorAll('section')];
const plain=t=>t.normalize('NFKD').replace(/\\p{M}/gu,'').toLowerCase();
cards.forEach(c=>c.words=plain(c.textContent));
function find(){const w=plain(word.value).split(/\\s+/).filter(Boolean);
cards.forEach(c=>c.hidden=!(w.every(x=>c.words.includes(x))&&(!site.value||c.dataset.site===site.value)));
parts.forEach(p=>p.hidden=!p.querySelector('figure:not([hidden])'));none.hidden=parts.some(p=>!p.hidden)}
word.addEventListener('input',find);site.addEventListener('change',find);
const big=document.querySelector('dialog');
document.querySelector('main').addEventListener('click',e=>{const b=e.target.closest('button');if(!b)return;
const f=b.closest('figure');big.querySelector('img').src=b.querySelector('img').src;
big.querySelector('b').textContent=f.querySelector('b').textContent;
big.querySelector('p').textContent=f.querySelector('.note').textContent;big.showModal()});
big.addEventListener('click',e=>{if(e.target===big||e.target.closest('button'))big.close()});
"""


def page(cards: Sequence[tuple[Sample, str, str]], site_names: Mapping[str, str]) -> str:
    """The page; a card is a sample, the file name of its code and that of its ticket, or an empty one."""
    sites = "".join(f'<option value="{escape(id_)}">{escape(name)}</option>' for id_, name in site_names.items())
    sections = "".join(_section(group, cards, site_names) for group in Group)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Opas: codes to hold up</title><style>{_STYLE}</style></head><body>
<header><h1>Codes to hold up</h1>
<p>All invented. Touch one to see it large, hold the phone before a camera of the demo, or print the page.</p></header>
<div class="find"><input id="word" type="search" placeholder="Name, number or what happens"
 aria-label="Search by name, number or what happens"><select id="site" aria-label="Site">
<option value="">Both sites</option>{sites}</select></div>
<main>{sections}<p class="none" hidden>Nothing here has that name.</p></main>
<dialog aria-label="One code, large"><img alt="The code"><b></b><p></p><button>Close</button></dialog>
<script>{_SCRIPT}</script></body></html>
"""


def _section(group: Group, cards: Sequence[tuple[Sample, str, str]], site_names: Mapping[str, str]) -> str:
    figures = "".join(_figure(*card, site_names[card[0].site]) for card in cards if card[0].group is group)
    return (
        f'<section><h2>{escape(group)}</h2><p>{escape(_HINTS[group])}</p><div class="cards">{figures}</div></section>\n'
    )


def _figure(sample: Sample, code: str, ticket: str, site_name: str) -> str:
    title = escape(sample.title)
    link = f'<a href="{escape(ticket)}">Ticket to print</a>' if ticket else ""
    return (
        f'<figure data-site="{escape(sample.site)}"><button aria-label="Show {title} large">'
        f'<img src="{escape(code)}" alt="Code of {title}" loading="lazy" width="294" height="294"></button>'
        f"<figcaption><b>{title}</b><span>{_KIND_WORDS[sample.kind]}, {escape(site_name)}</span>"
        f'<span class="note">{escape(sample.note)}</span>{link}</figcaption></figure>\n'
    )
