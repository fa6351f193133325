// Checks the HTML plan in a real browser.
//
//   node plan.mjs CHROMIUM PLAN.html BIG.html OUT
//
// PLAN is the sample plan of the tests of sync/render, BIG one of 10,000 steps. Screenshots go to OUT. Every
// failed expectation is printed; the exit code is 1 when there was one.
import { chromium } from 'playwright-core';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const [executablePath, plan, big, out] = process.argv.slice(2);
const failures = [];
const expect = (ok, what) => { if (!ok) failures.push(what); };
const equal = (got, want, what) => expect(JSON.stringify(got) === JSON.stringify(want), `${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--force-color-profile=srgb'] });

// open loads a file and watches for anything that the page must not do.
async function open(file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.on('console', message => { if (['error', 'warning'].includes(message.type())) failures.push(`${file}: console ${message.type()}: ${message.text()}`); });
  page.on('pageerror', error => failures.push(`${file}: ${error}`));
  page.on('request', request => { if (!request.url().startsWith('file:')) failures.push(`${file}: network request ${request.url()}`); });
  await page.goto(pathToFileURL(file).href);
  return page;
}

const shown = page => page.locator('.item:visible').count();
const count = page => page.locator('#filters output').textContent();
const settled = page => page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));

async function filters() {
  const page = await open(plan);
  const all = await shown(page);
  expect(all > 15, `only ${all} items are shown`);
  equal(await count(page), `Showing ${all} of ${all}`, 'the count');

  await page.getByRole('combobox', { name: 'Organization' }).selectOption('old');
  await settled(page);
  equal(await shown(page), 1, 'items of the organization old');
  equal(await page.locator('.organization:visible').count(), 1, 'organizations shown');
  await page.getByRole('button', { name: 'Show all' }).click();
  await settled(page);
  equal(await shown(page), all, 'items after the reset');

  await page.getByLabel('variable', { exact: true }).uncheck();
  await settled(page);
  equal(await page.locator('.item[data-kind=variable]:visible').count(), 0, 'variables shown though unchecked');
  expect(await shown(page) > 0, 'the other kinds are gone too');
  await page.getByRole('button', { name: 'Show all' }).click();

  for (const name of ['Caution', 'No risk', 'Held', 'Waiting', 'Destructive']) await page.getByLabel(name, { exact: true }).uncheck();
  await settled(page);
  equal(await shown(page), await page.locator('.item[data-risk=irreversible]').count(), 'irreversible items');
  await page.getByRole('button', { name: 'Show all' }).click();

  await page.getByLabel('Search').fill('RETRIES');
  await settled(page);
  equal(await shown(page), 1, 'items that hold RETRIES');
  equal(await count(page), `Showing 1 of ${all}`, 'the count');
  await page.getByLabel('Search').fill('');
  await settled(page);
  equal(await shown(page), all, 'items without a search');
}

// A person with a keyboard or a screen reader finds landmarks, names, headers.
async function accessible() {
  const page = await open(plan);
  for (const role of ['banner', 'main', 'contentinfo', 'search']) equal(await page.getByRole(role).count(), 1, `landmark ${role}`);
  equal(await page.getByRole('heading', { level: 1 }).count(), 1, 'headings of level 1');
  const unnamed = await page.evaluate(() => [...document.querySelectorAll('input, select, button')].filter(e => !(e.labels?.length || e.textContent.trim())).length);
  equal(unnamed, 0, 'controls without a label');
  const nameless = await page.evaluate(() => [...document.querySelectorAll('section')].filter(e => !document.getElementById(e.getAttribute('aria-labelledby'))?.textContent.trim()).length);
  equal(nameless, 0, 'sections without a name');
  equal(await page.getByRole('table').first().getByRole('columnheader').count(), 6, 'column headers');
  expect(await page.getByRole('rowheader').count() > 10, 'rows without a header');

  await page.keyboard.press('Tab');
  equal(await page.evaluate(() => document.activeElement.className), 'skip', 'the first stop of the keyboard');
  expect(await page.locator('.skip').evaluate(e => e.getBoundingClientRect().left >= 0), 'the skip link is not visible when focused');
  await page.keyboard.press('Enter');
  equal(await page.evaluate(() => document.activeElement.id), 'changes', 'where the skip link goes');
  await page.getByLabel('Search').focus();
  expect(await page.getByLabel('Search').evaluate(e => getComputedStyle(e).outlineStyle !== 'none'), 'no focus ring');
  for (const scheme of ['light', 'dark']) await contrast(page, scheme);
}

// contrast checks the colours of all texts against what is behind them (WCAG AA: 4.5 to 1).
async function contrast(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  const low = await page.evaluate(() => {
    const rgb = text => text.match(/[\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
    const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
    const bad = [];
    for (const e of document.querySelectorAll('body *')) {
      if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || ['SCRIPT', 'STYLE', 'OPTION'].includes(e.tagName)) continue;
      const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
      const ratio = (a + .05) / (b + .05);
      if (ratio < 4.5) bad.push(`${e.tagName} "${e.textContent.trim().slice(0, 20)}" ${ratio.toFixed(2)}`);
    }
    return [...new Set(bad)].slice(0, 10);
  });
  equal(low, [], `texts of low contrast, ${colorScheme}`);
}

// The policy stops what could be smuggled in.
async function policy() {
  const context = await browser.newContext();
  const page = await context.newPage();
  const blocked = [];
  const requests = [];
  page.on('console', m => blocked.push(m.text()));
  page.on('response', r => requests.push(r.url()));
  page.on('requestfailed', r => { if (r.failure().errorText !== 'csp') requests.push(r.url()); });
  await page.goto(pathToFileURL(plan).href);
  const ran = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'window.smuggled = true';
    document.body.append(script);
    const image = new Image();
    image.src = 'https://evil.example/i.png';
    document.body.append(image);
    await new Promise(done => setTimeout(done, 50));
    return window.smuggled === true;
  });
  equal(ran, false, 'an inline script runs in spite of the policy');
  expect(blocked.some(text => text.includes('Content Security Policy')), 'the policy blocks nothing');
  equal(requests.filter(url => !url.startsWith('file:')), [], 'requests that left the page');
  equal(await page.locator('script').count(), 2, 'scripts');
}

// Without its script the page shows everything, and no dead filters.
async function withoutScript() {
  const page = await open(plan, { javaScriptEnabled: false });
  expect(await page.locator('.item:visible').count() > 15, 'without its script the page hides items');
  equal(await page.locator('#filters:visible').count(), 0, 'filters without a script');
}

// No width makes the page itself scroll sideways.
async function fits() {
  for (const width of [360, 390, 768, 1024, 1600]) {
    const page = await open(plan, { viewport: { width, height: 800 } });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    equal(over, 0, `pixels too wide at ${width}`);
  }
}

// 10,000 steps load, and filtering them answers at once.
async function large() {
  const page = await open(big);
  equal(await page.locator('.item').count(), 10000, 'steps of the large plan');
  await page.getByLabel('Search').fill('SETTING_09999');
  await settled(page);
  equal(await count(page), 'Showing 1 of 10,000', 'the count in the large plan');
  equal(await page.locator('.organization:visible').count(), 1, 'organizations of the large plan after a search');
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByLabel('No risk', { exact: true }).uncheck();
  await settled(page);
  equal(await count(page), 'Showing 100 of 10,000', 'the destructive steps of the large plan');
  await page.screenshot({ path: join(out, 'large.png') });
}

async function pictures() {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open(plan, { colorScheme });
    await page.screenshot({ path: join(out, `${colorScheme}.png`), fullPage: true });
    const phone = await open(plan, { colorScheme, viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
    await phone.screenshot({ path: join(out, `phone-${colorScheme}.png`), fullPage: true });
  }
  const page = await open(plan);
  await page.pdf({ path: join(out, 'print.pdf') });
  await page.emulateMedia({ media: 'print' });
  equal(await page.locator('#filters:visible').count(), 0, 'filters on paper');
  await page.screenshot({ path: join(out, 'print.png'), fullPage: true });
}

for (const check of [filters, accessible, policy, withoutScript, fits, large, pictures]) {
  try { await check(); } catch (error) { failures.push(`${check.name}: ${error.message}`); }
}
await browser.close();
for (const failure of failures) console.log(failure);
process.exit(failures.length ? 1 : 0);
