/** The page's style. One colour a meaning, in light and in dark; every pair of text and ground has a contrast of at least 4.5. */
export const STYLE = `
:root{color-scheme:light dark;
--page:#fff;--panel:#f6f7f9;--text:#1b1f24;--muted:#57606a;--rule:#d5dae0;--focus:#0a58ca;
--good:#116932;--good-tint:#cdeed8;--good-line:#2f9e58;
--bad:#b3261e;--bad-tint:#fbdcd9;--bad-line:#e0847d;
--caution:#7d5200;--caution-tint:#fbeac4;--caution-line:#d9a63a;
--ready-tint:#d6e6fb;--ready-line:#5b93d9;--sent:#1d5fa8;
--own-tint:#e8e0f7;--own-line:#9b83cf;--quiet-tint:#eceff2;--quiet-line:#98a2ad;
--names:11.5rem}
@media (prefers-color-scheme:dark){:root{
--page:#14171b;--panel:#1c2026;--text:#e6e9ed;--muted:#9ea8b3;--rule:#343b44;--focus:#8ab8ff;
--good:#63d391;--good-tint:#1c4a30;--good-line:#3fa869;
--bad:#ff8f85;--bad-tint:#5c2320;--bad-line:#b9544c;
--caution:#f0bb52;--caution-tint:#4d3a12;--caution-line:#a67c22;
--ready-tint:#1f3c61;--ready-line:#4d83c4;--sent:#86b9f5;
--own-tint:#3a2f58;--own-line:#7c66ad;--quiet-tint:#2a3038;--quiet-line:#68727d}}
@media (min-width:75rem){:root{--names:16rem}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif}
main,footer{max-width:90rem;margin:0 auto;padding:0 clamp(1rem,3vw,2.5rem)}
code,.seen-list,.logs .text{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
h1,h2,h3,p,ul,dl,dd{margin:0;padding:0}
ul{list-style:none}
h2{font-size:1.0625rem;font-weight:600;margin:0 0 .6rem}
h3{font-size:1rem;font-weight:500;overflow-wrap:anywhere}
.n{font-variant-numeric:tabular-nums;text-align:right;white-space:nowrap}
.quiet,.note,.hint,.place,.label,.when{color:var(--muted)}
.note{margin:.5rem 0}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.bad{color:var(--bad)}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
a{color:var(--sent)}
.skip{position:absolute;left:-100rem}
.skip:focus{left:1rem;top:.5rem;background:var(--page);padding:.25rem .75rem;z-index:9}
.verdict{padding:2.25rem 0 1.5rem;border-bottom:1px solid var(--rule);margin-bottom:1.75rem}
.verdict h1{font-size:clamp(1.5rem,4vw,2.25rem);line-height:1.2;font-weight:650;letter-spacing:-.015em;overflow-wrap:anywhere}
.verdict .word::first-letter{text-transform:uppercase}
.verdict .word{display:inline-block}
.verdict .test{font-weight:400;color:var(--muted);margin-left:.35em}
.verdict .when{margin-top:.35rem}
.passed .word,.passed .sign{color:var(--good)}
.failed .word,.failed .sign,.errored .word,.errored .sign{color:var(--bad)}
.interrupted .word,.interrupted .sign,.none .word,.none .sign{color:var(--caution)}
.first{display:grid;grid-template-columns:minmax(0,1fr) 23rem;gap:2rem 3rem;align-items:start}
@media (max-width:62rem){.first{grid-template-columns:minmax(0,1fr)}}
section{margin-bottom:2rem}
.reasons li{padding:.15rem 0 .15rem 1.1rem;position:relative;white-space:pre-line;overflow-wrap:anywhere}
.reasons li::before{content:"";position:absolute;left:0;top:.75em;width:.4rem;height:.4rem;background:var(--muted);border-radius:50%}
.card{border:1px solid var(--rule);border-left:4px solid var(--quiet-line);border-radius:4px;padding:.75rem 1rem;margin-bottom:.75rem}
.card.unmet{border-left-color:var(--bad)}
.card.undecided{border-left-color:var(--caution)}
.card h3 code{font-size:.9375rem}
.card p{overflow-wrap:anywhere}
.card>p:first-of-type{margin-top:.25rem}
.card .texts{margin-top:.4rem;line-height:1.6}
.card .label{font-size:.8125rem;margin-top:.5rem}
.place{margin-left:.5rem;white-space:nowrap}
.badge{white-space:nowrap;font-weight:600;font-size:.875rem}
.badge.met,.sign.met{color:var(--good)}
.badge.unmet,.sign.unmet{color:var(--bad)}
.badge.undecided,.sign.undecided{color:var(--caution)}
.card .badge{margin-right:.4rem}
.seen-list{border-left:2px solid var(--rule);padding-left:.75rem;line-height:1.55}
.seen-list li{display:flex;flex-wrap:wrap;gap:0 .9em}
.seen-list .n{min-width:7em}
.seen-list .own{font-weight:600}
.seen-list .own .n{color:var(--bad)}
.seen-list .text{overflow-wrap:anywhere;white-space:pre-wrap;min-width:0;flex:0 1 auto}
.seen-list .kind{color:var(--muted)}
.rules li,.notices li{display:flex;gap:.6rem;padding:.15rem 0}
.sign{font-weight:700}
.reason{display:block;color:var(--muted);font-size:.875rem;overflow-wrap:anywhere}
.rules .unmet .reason{color:var(--bad)}
dl>div{display:grid;grid-template-columns:6rem minmax(0,1fr);gap:.75rem;padding:.3rem 0;border-top:1px solid var(--rule)}
dl>div:first-child{border-top:0}
dt{color:var(--muted)}
dd{overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.facts summary,details>summary{cursor:pointer}
section>details>summary{padding:.2rem 0}
.part>summary{display:flex;align-items:baseline;gap:.6rem;padding:.9rem 0 .7rem;border-top:1px solid var(--rule)}
.part>summary::before,.group>summary>span::before{content:"▸";color:var(--muted);display:inline-block;width:1em;flex:none}
.part[open]>summary::before,.group[open]>summary>span::before{content:"▾"}
.part>summary::-webkit-details-marker,.group>summary::-webkit-details-marker{display:none}
.part>summary{list-style:none}
.part>summary h2{margin:0}
.part>summary .quiet{font-size:.875rem}
.part{margin-bottom:.75rem}
.scroll{overflow:auto}
.tall{max-height:80vh;border:1px solid var(--rule)}
table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--rule)}
th{font-weight:600}
tbody th{font-weight:500}
thead th{color:var(--muted);font-weight:500;white-space:nowrap;position:sticky;top:0;background:var(--page)}
th.n,td.n{text-align:right}
td,tbody th{overflow-wrap:break-word}
tbody th code,td code{white-space:pre-wrap;overflow-wrap:anywhere}
.logs td,.logs th{padding:.1rem .75rem;border:0;vertical-align:baseline}
.logs{table-layout:fixed;line-height:1.45}
.logs thead th{padding:.35rem .75rem;box-shadow:inset 0 -1px var(--rule)}
.logs .who{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.logs .text{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}
.logs .n,.logs .level{color:var(--muted)}
.logs .error .level,.logs .error .text{color:var(--bad)}
.logs .warn .level,.logs .warn .text{color:var(--caution)}
.logs tr:hover{background:var(--panel)}
@media (max-width:48rem){.logs{display:block}.logs thead{display:none}.logs tbody{display:block}.logs tr{display:flex;flex-wrap:wrap;gap:0 .75rem;padding:.2rem .5rem}.logs tr[hidden]{display:none}.logs td{padding:0}.logs td:nth-child(2){display:none}.logs .text{flex-basis:100%}}
.controls{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:.25rem 0 .75rem;font-size:.875rem}
.controls[hidden]{display:none}
.controls label{display:flex;gap:.4rem;align-items:center;max-width:100%}
.controls select,.controls input{min-width:0}
button,input,select{font:inherit;color:inherit;background:var(--page);border:1px solid var(--quiet-line);border-radius:4px;padding:.2rem .6rem;max-width:100%}
button:hover{background:var(--panel)}
#zoom{gap:.35rem}
#zoom .hint{margin-left:.6rem}
.definitions{position:absolute}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.25rem;font-size:.8125rem;color:var(--muted);margin-bottom:.75rem}
.legend li{display:flex;align-items:center;gap:.4rem}
.chart{overflow:auto;max-height:85vh;border:1px solid var(--rule);border-radius:4px;position:relative}
.canvas{width:calc(var(--names) + (100% - var(--names))*var(--zoom,1));min-width:100%}
.row{display:flex;align-items:stretch}
.rows{position:relative}
.rows .row{border-bottom:1px solid var(--rule)}
.rows .thin{height:22px;content-visibility:auto;contain-intrinsic-height:22px}
.row .name{position:sticky;left:0;z-index:2;flex:none;width:var(--names);padding:0 .6rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;background:var(--page);border-right:1px solid var(--rule);font-size:.8125rem;align-content:center}
.row.dead .name{color:var(--bad)}
.thin .name{font-size:.75rem}
.track{display:block;flex:1;min-width:0;overflow:hidden}
.axis{position:sticky;top:0;z-index:4;background:var(--page);border-bottom:1px solid var(--rule)}
.axis .name{z-index:5;color:var(--muted);align-content:end;padding-bottom:.3rem}
.axis text{font-size:11px;fill:var(--muted);text-anchor:middle;font-variant-numeric:tabular-nums}
.axis line{stroke:var(--quiet-line)}
.axis .zero text{fill:var(--text);font-weight:600}
.axis .zero line{stroke:var(--text)}
.axis .piece{text-anchor:start}
.axis .level1,.axis .level2{display:none}
.grid .level1{display:none}
.zoom1 .grid .level1,.zoom2 .grid .level1{display:inline}
.zoom1 .axis .level1,.zoom2 .axis .level1,.zoom2 .axis .level2{display:inline}
.grid{position:absolute;left:var(--names);top:0;width:calc(100% - var(--names));height:100%;pointer-events:none}
.grid line{stroke:var(--rule)}
.grid .zero{stroke:var(--quiet-line)}
.grid .squeezed{fill:url(#p-squeezed)}
.track{position:relative}
.group>summary>span{position:sticky;left:.5rem}
.group>summary{position:sticky;top:31px;z-index:3;background:var(--panel);border-bottom:1px solid var(--rule);padding:.15rem .5rem;font-size:.8125rem;font-weight:600;list-style:none;cursor:pointer}
.bar{stroke-width:1}
.bar.ready{fill:var(--ready-tint);stroke:var(--ready-line)}
.bar.up{fill:var(--good-tint);stroke:var(--good-line)}
.bar.changing{fill:url(#p-changing);stroke:var(--caution-line)}
.bar.down{fill:var(--page);stroke:var(--quiet-line);stroke-dasharray:4 2}
.bar.off{fill:var(--quiet-tint);stroke:var(--quiet-line)}
.bar.own0{fill:var(--own-tint);stroke:var(--own-line)}
.bar.own1{fill:url(#p-own1);stroke:var(--own-line)}
.bar.own2{fill:url(#p-own2);stroke:var(--own-line)}
.bar.own3{fill:url(#p-own3);stroke:var(--own-line)}
.bar.many{fill:url(#p-many);stroke:var(--muted)}
.state{font-size:11.5px;fill:var(--text);pointer-events:none}
.state.tight{display:none}
.zoom1 .tight,.zoom2 .tight{display:inline}
.told{font-size:11px;fill:var(--muted)}
.log{fill:var(--quiet-line)}
.log.warn{fill:var(--caution)}
.log.error{fill:var(--bad)}
.command use{fill:var(--sent);stroke:none}
.command.untaken use{fill:var(--page);stroke:var(--bad);stroke-width:1.5}
.command.skipped use,.command.unsent use{fill:none;stroke:var(--bad);stroke-width:2}
.command line{stroke:var(--sent);stroke-width:1.5}
.command .late{stroke-dasharray:2 2}
.command .wait{stroke:var(--quiet-line);stroke-dasharray:1 3}
.died use,use.died{fill:var(--bad);stroke:var(--page);stroke-width:1.6}
.ended use,use.ended{fill:var(--page);stroke:var(--muted);stroke-width:1.6}
.restart use,use.restart{fill:none;stroke:var(--text);stroke-width:1.6}
.silent use,use.silent{fill:var(--caution);stroke:var(--page);stroke-width:1.4}
.silence{fill:var(--caution)}
.window{stroke-width:1}
.window.met{fill:var(--good-tint);stroke:var(--good-line)}
.window.unmet{fill:url(#p-unmet);stroke:var(--bad)}
.window.undecided{fill:none;stroke:var(--caution);stroke-dasharray:3 2}
.seen{stroke:var(--page);stroke-width:1.5;fill:var(--muted)}
.seen.met{fill:var(--good)}
.seen.unmet{fill:var(--bad)}
.seen.late{fill:var(--page);stroke:var(--bad);stroke-width:2}
.marked{outline:2px solid var(--focus);stroke:var(--focus);stroke-width:2.5}
.tip{position:fixed;z-index:9;max-width:min(34rem,92vw);background:var(--text);color:var(--page);padding:.4rem .65rem;border-radius:4px;font-size:.8125rem;line-height:1.45;white-space:pre-wrap;overflow-wrap:anywhere;pointer-events:none}
.tip[hidden]{display:none}
footer{color:var(--muted);font-size:.8125rem;padding-top:1rem;padding-bottom:2rem}
@media (max-width:40rem){.axis .piece,.told{display:none}.scroll:not(.tall) table{min-width:46rem}:root{--names:6.5rem}dl>div{grid-template-columns:5rem minmax(0,1fr)}.axis .odd text{display:none}.zoom1 .axis .odd text,.zoom2 .axis .odd text{display:inline}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
@media print{:root{color-scheme:light;
--page:#fff;--panel:#f6f7f9;--text:#000;--muted:#444c56;--rule:#c8ced6;
--good:#116932;--good-tint:#cdeed8;--good-line:#2f9e58;--bad:#b3261e;--bad-tint:#fbdcd9;--bad-line:#e0847d;
--caution:#7d5200;--caution-tint:#fbeac4;--caution-line:#d9a63a;--ready-tint:#d6e6fb;--ready-line:#5b93d9;--sent:#1d5fa8;
--own-tint:#e8e0f7;--own-line:#9b83cf;--quiet-tint:#eceff2;--quiet-line:#98a2ad;--names:7.5rem}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{font-size:11px}main{max-width:none;padding:0}
.first{grid-template-columns:minmax(0,1fr) 15rem;gap:1.5rem}
.controls,.skip,.tip{display:none}
.chart,.tall,.scroll{max-height:none;overflow:visible;border:0}
.row,.card,.rules li,dl>div,tr{break-inside:avoid}
h2,h3,summary{break-after:avoid}
.axis,.group>summary,thead th,.row .name{position:static}
.canvas{width:100%}
.rows .thin{content-visibility:visible}}
`;
