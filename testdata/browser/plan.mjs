// Checks the pages of plans and of the status in a real browser.
//
//   node plan.mjs CHROMIUM PAGES OUT
//
// PAGES holds what the tests of sync/render made: plan.html, the sample plan; big.html, one of 10,000 steps;
// fleet.html, one of 1,000 organizations; status.html; many.html, the status of 1,000 organizations. Screenshots go to
// OUT. Every failed expectation is printed; the exit code is 1 when there was one.
import { chromium } from 'playwright-core';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const [executablePath, pages, out] = process.argv.slice(2);
const [plan, big, fleet, status, many] = ['plan', 'big', 'fleet', 'status', 'many'].map(name => join(pages, `${name}.html`));
const failures = [];
const expect = (ok, what) => { if (!ok) failures.push(what); };
const equal = (got, want, what) => expect(JSON.stringify(got) === JSON.stringify(want), `${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--force-color-profile=srgb'] });

// open loads a file and watches for anything that the page must not do.
async function open(file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('console', message => { if (['error', 'warning'].includes(message.type())) failures.push(`${file}: console ${message.type()}: ${message.text()}`); });
  page.on('pageerror', error => failures.push(`${file}: ${error}`));
  page.on('request', request => { if (!request.url().startsWith('file:')) failures.push(`${file}: network request ${request.url()}`); });
  await page.goto(pathToFileURL(file).href);
  return page;
}

const seen = (page, selector) => page.evaluate(s => [...document.querySelectorAll(s)].filter(e => e.getClientRects().length).length, selector);
const shown = page => seen(page, '.item');
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

  await page.getByRole('radio', { name: 'Irreversible' }).check();
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

// Tiles are no script: they leave what they count, the organizations that have it, and their rows.
async function tiles() {
  for (const javaScriptEnabled of [true, false]) {
    const page = await open(fleet, { javaScriptEnabled });
    const held = await page.locator('.by-risk tbody tr:has(a.held)').count();
    expect(held > 100, `only ${held} organizations with something held`);
    await page.locator('.by-risk summary').click();
    for (const [name, kind] of [['Held', 'held'], ['Irreversible', 'irreversible'], ['No risk', 'none']]) {
      await page.getByRole('radio', { name }).check();
      equal(await shown(page), await page.locator(`.item.${kind}`).count(), `items of the tile ${name}`);
      equal(await seen(page, `.item:not(.${kind})`), 0, `other items of the tile ${name}`);
      equal(await seen(page, '.by-risk tbody tr'), await page.locator(`.by-risk tbody tr:has(a.${kind})`).count(), `rows of the tile ${name}`);
      equal(await page.evaluate(k => [...document.querySelectorAll('.group, .organization')].filter(e => e.getClientRects().length && !e.querySelector(`.item.${k}`)).length, kind), 0, `empty groups of the tile ${name}`);
    }
    await page.getByRole('radio', { name: 'All' }).check();
    equal(await seen(page, '.by-risk tbody tr'), await page.locator('.by-risk tbody tr').count(), 'rows of all');
  }
}

// Every link of the page leads to what it says; the one into Make is not followed here.
async function anchors() {
  const page = await open(fleet);
  const dead = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')].filter(a => !document.getElementById(a.hash.slice(1))).length);
  equal(dead, 0, 'links to nowhere');
  await page.locator('.by-risk summary').click();
  const cell = page.locator('.by-risk a.irreversible').first();
  equal(await cell.getAttribute('aria-label'), 'client-0007: 1 Irreversible', 'the name of a cell');
  await cell.click();
  expect(await page.locator('.item:target.irreversible').isVisible(), 'the change that a cell leads to');
  const top = await page.locator('.item:target').evaluate(e => [e.getBoundingClientRect().top, document.querySelector('.filters').getBoundingClientRect().bottom]);
  expect(top[0] >= top[1] - 1, `the change is hidden by the filters: ${top}`);
  equal(await page.locator('a.make').first().getAttribute('href'), 'https://eu1.make.com/organization/17', 'the worst organization in Make');
}

// On a phone the filters are folded, and open with a tap.
async function folded() {
  const page = await open(plan, { viewport: { width: 390, height: 844 } });
  equal(await page.getByLabel('Search', { exact: true }).isVisible(), false, 'filters on a phone before they are opened');
  await page.getByText('Search and filter').click();
  equal(await page.getByLabel('Search', { exact: true }).isVisible(), true, 'filters on a phone');
  await page.setViewportSize({ width: 1280, height: 900 });
  await settled(page);
  equal(await page.getByLabel('Search', { exact: true }).isVisible(), true, 'filters after the screen was turned');
}

// clock gives the time that a page has taken of the processor since it was opened, in seconds: other than the time that
// went by, it does not depend on what else the machine does.
async function clock(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () => (await session.send('Performance.getMetrics')).metrics.find(m => m.name === 'ThreadTime').value;
}

// The status of 1,000 organizations opens in two seconds and answers at once; who hears it gets tables.
async function statusPage() {
  const page = await open(many);
  const cost = await clock(page);
  await settled(page);
  const opened = await cost();
  expect(opened < 2, `the status of 1,000 organizations takes ${opened} s`);
  equal(await page.locator('.fleet tbody tr').count(), 1000, 'organizations in the table');
  const before = await cost();
  await page.locator('#only-destructive').evaluate(tile => tile.click());
  await settled(page);
  const answered = await cost() - before;
  expect(answered < 0.5, `a tile answers after ${answered} s`);
  console.error(`the status of 1,000 organizations opens in ${opened.toFixed(2)} s of the processor, a tile answers in ${answered.toFixed(2)} s`);
  equal(await seen(page, '.fleet tbody tr'), 40, 'organizations in a bad state');
  await page.locator('.fleet tbody a').first().click();
  expect(await page.locator('h2:target').isVisible(), 'where a row leads');

  const small = await open(status);
  for (const role of ['banner', 'main', 'contentinfo']) equal(await small.getByRole(role).count(), 1, `landmark ${role} of the status`);
  equal(await small.getByRole('heading', { level: 1 }).count(), 1, 'headings of level 1 of the status');
  const table = small.getByRole('table').first();
  expect(await table.getByRole('columnheader').count() > 10 && await table.getByRole('rowheader').count() === 3, 'the table of the fleet');
  equal(await small.getByRole('img').count(), 0, 'charts that a screen reader meets');
  await small.getByText('Usage day by day').first().click();
  equal(await small.getByRole('table', { name: 'Usage of acme day by day' }).getByRole('row').count(), 31, 'days in a table');
  equal(await small.locator('script').count(), 0, 'scripts of the status');
  for (const scheme of ['light', 'dark']) await contrast(small, scheme);
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
  equal(await page.getByRole('table', { name: 'Changes of acme' }).getByRole('columnheader').count(), 6, 'column headers');
  equal(await page.getByRole('table', { name: /How many changes/ }).getByRole('columnheader').count(), 8, 'column headers of the fleet');
  equal(await page.getByRole('radiogroup').or(page.getByRole('group', { name: 'Show only' })).count(), 1, 'the group of tiles');
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
  for (const width of [320, 360, 390, 768, 1024, 1600]) for (const file of [plan, fleet, status]) {
    const page = await open(file, { viewport: { width, height: 800 } });
    await page.evaluate(() => document.querySelectorAll('details').forEach(e => { e.open = true; }));
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    equal(over, 0, `pixels too wide at ${width}: ${file}`);
    await page.context().close();
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
  await page.getByRole('radio', { name: 'Destructive' }).check();
  await settled(page);
  equal(await count(page), 'Showing 100 of 10,000', 'the destructive steps of the large plan');
  await page.screenshot({ path: join(out, 'large.png') });
}

async function pictures() {
  for (const colorScheme of ['light', 'dark']) for (const [name, file] of Object.entries({ plan, fleet, status })) {
    const page = await open(file, { colorScheme });
    await page.screenshot({ path: join(out, `${name}-${colorScheme}.png`), fullPage: name !== 'fleet' });
    const phone = await open(file, { colorScheme, viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
    await phone.screenshot({ path: join(out, `${name}-phone-${colorScheme}.png`), fullPage: name !== 'fleet' });
  }
  const page = await open(plan);
  await page.pdf({ path: join(out, 'print.pdf') });
  await page.emulateMedia({ media: 'print' });
  equal(await page.locator('#filters:visible').count(), 0, 'filters on paper');
  await page.screenshot({ path: join(out, 'print.png'), fullPage: true });
}

for (const check of [statusPage, filters, tiles, anchors, folded, accessible, policy, withoutScript, fits, large, pictures]) {
  const started = Date.now();
  try { await check(); } catch (error) { failures.push(`${check.name}: ${error.message}`); }
  console.error(`${check.name}: ${Date.now() - started} ms`);
}
await browser.close();
for (const failure of failures) console.log(failure);
process.exit(failures.length ? 1 : 0);
