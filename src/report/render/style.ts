/** The look of the HTML report: one sheet, no network, light and dark by the reader's setting, and for paper. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--text:#1a2028;--soft:#5a6573;--line:#dfe3e8;--fill:#eef1f5;--candidate:#1f5fd6;--champion:#b4570b;--baseline:#7c8794;--good:#14773f;--bad:#c0281f;--unknown:#8a5a00;--good-bg:#e3f5ea;--bad-bg:#fde9e7;--unknown-bg:#fdf2d9}
@media(prefers-color-scheme:dark){:root{--bg:#0e1116;--card:#161b22;--text:#e4e8ee;--soft:#9aa5b3;--line:#2b323c;--fill:#212833;--candidate:#79aaff;--champion:#f0a05a;--baseline:#8d98a6;--good:#57cf8d;--bad:#ff8177;--unknown:#e7b94a;--good-bg:#12301f;--bad-bg:#3a1917;--unknown-bg:#35290d}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.55 system-ui,-apple-system,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif}
a{color:var(--candidate)}
:focus-visible{outline:2px solid var(--candidate);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem;z-index:2}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.page{max-width:1180px;margin:0 auto;padding:2.25rem 1.5rem 4rem;display:grid;grid-template-columns:minmax(0,1fr);gap:1.25rem}
nav ul{list-style:none;margin:0;padding:0;display:flex;gap:.25rem 1.1rem;flex-wrap:wrap}
nav a{color:var(--soft);text-decoration:none;font-size:.9rem}nav a:hover{color:var(--text);text-decoration:underline}
main{min-width:0;display:grid;grid-template-columns:minmax(0,1fr);gap:1.25rem}
@media(min-width:1080px){.page{grid-template-columns:150px minmax(0,1fr);column-gap:2.5rem}header.hero{grid-column:1/-1}nav{position:sticky;top:1.5rem;align-self:start}nav ul{flex-direction:column;gap:.45rem}}
header.hero{display:grid;gap:.6rem}
.over{color:var(--soft);font-size:.9rem;margin:0;display:flex;gap:.3rem .9rem;flex-wrap:wrap}.over b{color:var(--text);font-weight:600}
h1{font-size:clamp(1.4rem,1rem + 1.9vw,2.05rem);line-height:1.22;letter-spacing:-.015em;font-weight:650;margin:0;text-wrap:balance;max-width:48rem;overflow-wrap:anywhere}
.lead{margin:0;max-width:52rem;color:var(--soft);font-size:1.02rem}
.pill{justify-self:start;display:inline-flex;align-items:center;gap:.45rem;border-radius:99px;padding:.2rem .8rem .2rem .35rem;font-weight:600;font-size:.88rem}
.pill.good{background:var(--good-bg);color:var(--good)}.pill.bad{background:var(--bad-bg);color:var(--bad)}.pill.unknown{background:var(--unknown-bg);color:var(--unknown)}
.stats{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:1px;margin:.9rem 0 0;background:var(--line);border:1px solid var(--line);border-radius:12px;overflow:hidden}
.stats div{background:var(--card);padding:.9rem 1.1rem;min-width:0}
.stats dt{color:var(--soft);font-size:.84rem}.stats dd{margin:0}.stats .big{font-size:1.7rem;line-height:1.3;font-weight:620;letter-spacing:-.02em;font-variant-numeric:tabular-nums}.stats .big.good{color:var(--good)}.stats .big.bad{color:var(--bad)}.stats .big.unknown{color:var(--unknown)}.stats .under{color:var(--soft);font-size:.84rem;font-variant-numeric:tabular-nums}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.25rem 1.4rem 1.35rem;min-width:0}
h2{font-size:1.12rem;letter-spacing:-.005em;margin:0 0 .8rem;font-weight:640}
p{margin:.7rem 0;max-width:52rem;overflow-wrap:anywhere}h2+p{margin-top:0}section>:last-child,.inner>:last-child{margin-bottom:0}
section>p{color:var(--soft)}section>p strong{color:var(--text)}
ul{padding-left:1.2rem;margin:.7rem 0}li{margin:.25rem 0;overflow-wrap:anywhere}
code{font:.86em ui-monospace,SFMono-Regular,"Cascadia Mono",Menlo,Consolas,"Liberation Mono",monospace;background:var(--fill);border-radius:5px;padding:.12em .38em;overflow-wrap:anywhere}
pre.block{background:var(--fill);border-radius:8px;padding:.85rem 1rem;overflow-x:auto;margin:.7rem 0}pre.block code{background:none;padding:0}
.scroll{overflow-x:auto;margin:.7rem 0;border-radius:4px}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{padding:.48rem .7rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}th:first-child{padding-left:0}td:last-child{padding-right:0}
tbody tr:last-child>*{border-bottom:0}thead th{color:var(--soft);font-weight:500;font-size:.84rem;white-space:nowrap;vertical-align:bottom}tbody th{font-weight:500;min-width:6rem}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tbody tr:hover>*{background:color-mix(in srgb,var(--fill) 55%,transparent)}
.mark{display:inline-grid;place-items:center;width:1.25em;height:1.25em;border-radius:50%;font-size:.82em;font-weight:700;line-height:1;color:var(--card)}.mark.good{background:var(--good)}.mark.bad{background:var(--bad)}.mark.unknown{background:var(--unknown)}
.gate{white-space:nowrap}.callout{border-left:3px solid var(--baseline);background:var(--fill);border-radius:0 8px 8px 0;padding:.7rem 1rem;margin:.4rem 0;max-width:56rem}.callout p{margin:.3rem 0}.callout.unknown{border-color:var(--unknown);background:var(--unknown-bg)}.callout.bad{border-color:var(--bad);background:var(--bad-bg)}
details{border-top:1px solid var(--line);margin-top:.9rem;padding-top:.75rem}details+details{margin-top:.75rem}summary{cursor:pointer;color:var(--soft);font-size:.92rem}summary:hover{color:var(--text)}
figure{margin:1rem 0;min-width:0}figcaption{font-size:.88rem;font-weight:560;margin-bottom:.5rem}
.bars{list-style:none;margin:0;padding:0;max-width:46rem}.bars li{display:grid;grid-template-columns:minmax(6rem,11rem) minmax(0,1fr) 4.6rem;align-items:center;gap:.9rem;margin:.3rem 0}.bars .label{font-size:.88rem;overflow-wrap:anywhere}.bars .value{font-size:.88rem;text-align:right;font-variant-numeric:tabular-nums}
.bar{width:100%;height:.7rem;display:block;border-radius:3px;overflow:hidden}.bar .track{fill:var(--fill)}.bar .fill{fill:var(--baseline)}.bar.bad .fill{fill:var(--champion)}
.interval{width:100%;height:1.35rem;display:block}.interval line{vector-effect:non-scaling-stroke;stroke:var(--baseline)}.interval .zero{stroke:var(--soft);stroke-width:1}.interval .margin{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 3}.interval .span{stroke-width:3;stroke-linecap:round}.interval .dot{stroke-width:10;stroke-linecap:round}.interval.good line.span,.interval.good line.dot{stroke:var(--good)}.interval.bad line.span,.interval.bad line.dot{stroke:var(--bad)}.interval.unknown line.span,.interval.unknown line.dot{stroke:var(--unknown)}
.ends{display:grid;grid-template-columns:minmax(6rem,11rem) minmax(0,1fr) 4.6rem;gap:.9rem;max-width:46rem;color:var(--soft);font-size:.8rem;margin:0 0 .2rem}.ends i{font-style:normal}.ends span{display:flex;justify-content:space-between}
.lines{width:100%;height:auto;display:block;max-width:520px}.lines .grid{stroke:var(--line);stroke-width:1}.lines text{fill:var(--soft);font-size:12px}.lines .series{fill:none;stroke-width:2.25;stroke-linejoin:round}.lines .candidate{stroke:var(--candidate)}.lines .champion{stroke:var(--champion);stroke-dasharray:6 3}.lines .baseline{stroke:var(--baseline);stroke-dasharray:2 3}.lines .point{stroke-width:1.5;fill:var(--card);stroke-dasharray:none}.lines .diagonal{stroke:var(--baseline);stroke-width:1;stroke-dasharray:3 4}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:.4rem 0 0;padding:0;font-size:.86rem}.legend li{display:flex;align-items:center;gap:.45rem}.legend li::before{content:"";width:1.4rem;border-top:2.5px solid var(--baseline)}.legend .candidate::before{border-color:var(--candidate)}.legend .champion::before{border-color:var(--champion);border-top-style:dashed}.legend .baseline::before{border-top-style:dotted}.legend .diagonal::before{border-top:1px dashed var(--baseline)}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1.5rem 2.5rem}.pair figure{margin:0}.pair p{font-size:.9rem;color:var(--soft);margin:.5rem 0 0}
.steps{list-style:none;display:flex;flex-wrap:wrap;gap:.9rem 0;padding:0;margin:1rem 0}.steps li{flex:1 1 7rem;min-width:6.5rem;border-top:3px solid var(--line);padding:.7rem .7rem 0 0;position:relative;display:grid;align-content:start;margin:0}.steps li::before{content:"";position:absolute;top:-.5rem;left:0;width:.8rem;height:.8rem;border-radius:50%;background:var(--card);border:3px solid var(--candidate)}.steps li:last-child::before{background:var(--good);border-color:var(--good)}.steps .step{font-weight:560;font-size:.93rem}.steps .detail{color:var(--soft);font-size:.84rem}
footer{color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}
@media(max-width:640px){.page{padding:1.4rem .9rem 3rem}section{padding:1rem 1rem 1.1rem;border-radius:10px}nav{display:none}td:last-child{min-width:9rem}.bars li{grid-template-columns:minmax(4.5rem,7rem) minmax(0,1fr) 3.9rem;gap:.6rem}.ends{grid-template-columns:minmax(4.5rem,7rem) minmax(0,1fr) 3.9rem;gap:.6rem}.ends i:nth-child(2){display:none}.stats{grid-template-columns:1fr 1fr}.stats div{padding:.7rem .85rem}.stats .big{font-size:1.35rem}.steps{flex-direction:column;gap:0;margin-left:.4rem}.steps li{flex:none;border-top:0;border-left:3px solid var(--line);padding:0 0 .9rem 1.1rem}.steps li::before{top:.3rem;left:-.55rem}}
@media print{:root{--bg:#fff}body{font-size:11px}nav,.skip{display:none}.page{padding:0;max-width:none;display:block}section{border:0;padding:.6rem 0;break-inside:auto}figure,tr,.stats{break-inside:avoid}details::details-content{content-visibility:visible;block-size:auto}.scroll{overflow:visible}}
@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
`.trim()
