"""The look of every HTML that is shown: light and dark, print, no scripts, nothing loaded."""

from __future__ import annotations

_LIGHT = (
    "--ground:#f4f6f8;--panel:#fff;--ink:#1c2026;--muted:#5b6472;--rule:#d9dee5;--accent:#184eb2;--mark:#fff3c4;"
    "--good:#17703c;--good-bg:#dff3e6;--warn:#7a4b00;--warn-bg:#fff0d0;--bad:#a11222;--bad-bg:#fde2e4;color-scheme:light"
)
_DARK = (
    "--ground:#14171b;--panel:#1d2127;--ink:#e7eaee;--muted:#9ba5b3;--rule:#343b45;--accent:#8ab4ff;--mark:#4a3d10;"
    "--good:#7fdca2;--good-bg:#143524;--warn:#f2c76b;--warn-bg:#3a2c0d;--bad:#ff9aa4;--bad-bg:#40171c;color-scheme:dark"
)

CSS = (
    f".sourcehound{{{_LIGHT}}}"
    f"@media (prefers-color-scheme:dark){{.sourcehound{{{_DARK}}}}}"
    # notebooks follow their own theme, whatever the system's is
    f'[data-jp-theme-light="true"] .sourcehound,.vscode-light .sourcehound{{{_LIGHT}}}'
    f'[data-jp-theme-light="false"] .sourcehound,.vscode-dark .sourcehound{{{_DARK}}}'
    """
body.sourcehound{margin:0}
.sourcehound{background:var(--ground);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.sourcehound *{box-sizing:border-box}
.sourcehound .sheet{max-width:60rem;margin:0 auto;padding:2rem 1.25rem}
.sourcehound h1{font-size:1.55rem;line-height:1.3;margin:0 0 .6rem;overflow-wrap:anywhere}
.sourcehound h2{font-size:1.05rem;margin:2rem 0 .8rem}
.sourcehound a{color:var(--accent)}
.sourcehound p{margin:0 0 .8rem;overflow-wrap:anywhere}
.sourcehound .status{color:var(--muted);font-size:.92rem}
.sourcehound .pill{display:inline-block;border-radius:1rem;padding:.05rem .65rem;font-size:.82rem;font-weight:600;
margin-right:.5rem;background:var(--warn-bg);color:var(--warn)}
.sourcehound .answered{background:var(--good-bg);color:var(--good)}
.sourcehound .failed,.sourcehound .cancelled{background:var(--bad-bg);color:var(--bad)}
.sourcehound .short{font-size:1.3rem;font-weight:650;border-left:4px solid var(--accent);padding-left:.8rem}
.sourcehound .answer{background:var(--panel);border:1px solid var(--rule);border-radius:.7rem;
padding:1.1rem 1.3rem .4rem;font-size:1.06rem}
.sourcehound sup a{text-decoration:none;font-weight:650;font-size:.75em;padding:0 .12em}
.sourcehound sup{line-height:0}
.sourcehound .verdict{font-size:.72rem;font-weight:600;border-radius:.6rem;padding:.05rem .45rem;margin-left:.3rem;
white-space:nowrap;vertical-align:.1em;background:var(--warn-bg);color:var(--warn)}
.sourcehound .supported{background:none;color:var(--good);padding:0 .1rem;font-size:.9rem}
.sourcehound .contradicted,.sourcehound .not_supported,.sourcehound .unreachable{
background:var(--bad-bg);color:var(--bad)}
.sourcehound .given{background:none;color:var(--muted)}
.sourcehound .card{background:var(--panel);border:1px solid var(--rule);border-radius:.7rem;padding:1rem 1.2rem;
margin:0 0 1rem;scroll-margin-top:1rem}
.sourcehound .card:target{border-color:var(--accent);box-shadow:0 0 0 2px var(--accent)}
.sourcehound .head{display:flex;gap:.75rem;align-items:flex-start}
.sourcehound .head div{min-width:0;overflow-wrap:anywhere}
.sourcehound .n{background:#184eb2;color:#fff;font-weight:700;border-radius:.5rem;padding:.1rem .55rem;flex:none}
.sourcehound .where{color:var(--muted);font-size:.9rem;display:block}
.sourcehound blockquote{margin:.8rem 0;padding:.45rem .9rem;border-left:4px solid #e3b60b;background:var(--mark);
border-radius:0 .4rem .4rem 0;white-space:pre-line;overflow-wrap:anywhere}
.sourcehound figure{margin:.8rem 0;text-align:center}
.sourcehound img,.sourcehound video{max-width:100%;max-height:44rem;border-radius:.4rem;border:1px solid var(--rule)}
.sourcehound audio{width:100%}
.sourcehound details{border-top:1px solid var(--rule);padding:.55rem 0}
.sourcehound .card details{border:0;padding:.2rem 0 0;font-size:.88rem;color:var(--muted)}
.sourcehound summary{cursor:pointer;font-weight:600}
.sourcehound .card summary{font-weight:400}
.sourcehound table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.6rem 0}
.sourcehound th,.sourcehound td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;
border-bottom:1px solid var(--rule);overflow-wrap:anywhere}
.sourcehound th,.sourcehound td:nth-child(2){white-space:nowrap}
.sourcehound th{font-weight:600;color:var(--muted)}
.sourcehound dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.4rem 0;font-size:.9rem}
.sourcehound dt{color:var(--muted)}
.sourcehound dd{margin:0;overflow-wrap:anywhere}
.sourcehound .grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1rem}
.sourcehound .grid .card{margin:0;padding:.8rem;display:flex;flex-direction:column;font-size:.92rem}
.sourcehound .grid img{width:100%;height:10.5rem;object-fit:contain;background:#f0f2f5}
.sourcehound .grid figure{margin:0 0 .6rem}
.sourcehound .grid blockquote{font-size:.85rem;max-height:8.2rem;overflow:hidden;margin:.5rem 0}
.sourcehound .score{margin-top:auto;display:flex;gap:.6rem;align-items:center;color:var(--muted);font-size:.82rem}
.sourcehound meter{flex:1;height:.6rem}
.sourcehound .counts{display:flex;flex-wrap:wrap;gap:.8rem;padding:0;margin:1rem 0;list-style:none}
.sourcehound .counts li{background:var(--panel);border:1px solid var(--rule);border-radius:.6rem;padding:.5rem 1rem;
min-width:6.5rem}
.sourcehound .counts strong{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
.sourcehound .counts .bad strong{color:var(--bad)}
.sourcehound footer{color:var(--muted);font-size:.82rem;margin-top:1.5rem}
@media print{.sourcehound .card,.sourcehound .answer{break-inside:avoid}
.sourcehound audio,.sourcehound video{display:none}}
""".replace("\n", "")
)
