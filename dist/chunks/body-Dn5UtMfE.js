import{createRequire as e}from"node:module";import{fileURLToPath as t}from"node:url";e(import.meta.url),t(import.meta.url),t(new URL(`.`,import.meta.url));const n=65535;function r(e,t=65536){if(e.length<=t)return e;let n=t-95-200,r=e.slice(0,n),i=r.lastIndexOf(`
`),a=i>n/2?r.slice(0,i):r.replace(/[\ud800-\udbff]$/,``),o=(a.match(/^```/gm)?.length??0)%2==1,s=(a.match(/<details\b/g)?.length??0)-(a.match(/<\/details>/g)?.length??0);return a+(o?"\n```":``)+`
</details>`.repeat(Math.min(Math.max(s,0),10))+`

---
*Cut here, because a body has a limit; the full report is attached to the workflow run.*
`}function i(e,t=140){let n=e.replace(/\s+/g,` `).trim();return n.length<=t?n:`${n.slice(0,t-1).replace(/[\ud800-\udbff]$/,``)}…`}function a(e,t){return e.replace(/\s+/g,` `).trim()===t.replace(/\s+/g,` `).trim()}function o({marker:e,body:t},n){return s(e,typeof t==`string`?t:t(n))}function s(e,t){return r(t.includes(e)?t:`${e}\n${t}`)}export{a,o as i,r as n,s as o,i as r,n as t};