import { chromium } from 'playwright-core';
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu','--disable-quic','--no-first-run','--disable-background-networking','--disable-component-update','--disable-sync']});
for (const [file,width,scheme] of [['staff-outcomes-0.en',1440,'light'],['staff-outcomes-1.es',390,'dark'],['staff-outcomes-2.en',1440,'dark']]) {
const c=await b.newContext({viewport:{width,height:900},colorScheme:scheme});
const p=await c.newPage(); await p.goto('file:///tmp/outcomes-gallery/'+file+'.html');
console.log(file, await p.evaluate(()=>[document.documentElement.scrollWidth,document.documentElement.clientWidth]));
await p.screenshot({path:`/tmp/outcomes-${file}.png`,fullPage:true}); await c.close(); }
await b.close();
