"""How a report looks: on a phone, at a desk, in the dark, and on A4."""

STYLE = """
:root { color-scheme: light dark; --ink: #1d2126; --grey: #5c646d; --ground: #fbfaf8; --card: #fff; --rule: #c9ced4;
  --pale: #eceff2; --accent: #1f6f8b; --warn: #b3462f }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e9e6e1; --grey: #a9afb6; --ground: #14161a;
  --card: #1c1f24; --rule: #3a4048; --pale: #262a30; --accent: #5fb0cd; --warn: #e58a70 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1120px; padding: 28px 20px 40px; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', Helvetica, Arial, sans-serif }
header { border-bottom: 2px solid var(--ink); margin-bottom: 22px; padding-bottom: 12px }
header p { margin: 0; color: var(--grey) }
header p:first-child { text-transform: uppercase; letter-spacing: .12em; font-size: 12px }
h1 { margin: 2px 0 4px; font-size: 34px; line-height: 1.15; letter-spacing: -.01em; overflow-wrap: anywhere }
h2 { margin: 0 0 4px; font-size: 20px }
h3 { margin: 18px 0 4px; font-size: 15px }
section { margin: 34px 0 }
section > p, footer p { margin: 2px 0 10px; max-width: 76ch; color: var(--grey) }
.note { font-size: 18px; max-width: 60ch }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 0 }
.figures > div { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 12px 14px }
.figures dt { color: var(--grey); font-size: 13px }
.figures dd { margin: 0 }
.figures b { display: block; font-size: 27px; font-weight: 650; line-height: 1.2; letter-spacing: -.01em }
.figures span { display: block; color: var(--grey); font-size: 12.5px; line-height: 1.35; margin-top: 3px }
svg { display: block; max-width: 100%; height: auto }
.wide { overflow-x: auto }
.scenes { display: grid; grid-template-columns: repeat(4, 1fr); gap: 16px 14px }
.trends { display: grid; grid-template-columns: repeat(2, 1fr); gap: 16px }
figure { margin: 0; min-width: 0 }
figcaption { font-size: 12.5px; color: var(--grey); margin-top: 3px; overflow-wrap: anywhere }
figcaption b { color: var(--ink) }
details { margin-top: 10px }
summary { cursor: pointer; color: var(--accent); font-size: 13.5px; padding: 6px 0 }
table { border-collapse: collapse; font-size: 13px; margin: 6px 0 }
th, td { padding: 4px 14px 4px 0; text-align: left; border-bottom: 1px solid var(--rule); vertical-align: top }
td { font-variant-numeric: tabular-nums }
thead th { color: var(--grey); font-weight: 500 }
tbody th { font-weight: 500 }
footer { border-top: 1px solid var(--rule); margin-top: 40px; padding-top: 16px; font-size: 13px }
.ink { fill: var(--ink) } .grey { fill: var(--grey) } .warn { fill: var(--warn) } .accent { fill: var(--accent) }
.pale { fill: var(--pale) } .rule { fill: var(--rule) }
.rule-line { stroke: var(--rule) } .ink-line { stroke: var(--ink) } .grey-line { stroke: var(--grey) }
@media (max-width: 760px) { .figures, .scenes { grid-template-columns: repeat(2, 1fr) }
  .trends { grid-template-columns: 1fr } h1 { font-size: 26px } .figures b { font-size: 22px } }
@media print { body { background: #fff; padding: 0; max-width: none; font-size: 10.5pt }
  details { display: none } section { break-inside: avoid-page } h2, h3 { break-after: avoid }
  .figures > div { border-color: #bbb } }
@page { size: A4; margin: 14mm 13mm 15mm }
"""
"""Widths of phones, contrast of at least 4.5 to 1 in both schemes (tested), and no more than the page needs."""
