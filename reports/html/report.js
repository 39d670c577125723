/* Comfort only: everything this page says is there without it. */
(function () {
  'use strict';
  var root = document.documentElement, $ = function (id) { return document.getElementById(id); };
  root.classList.add('js');

  /* One part at a time; a link to anything inside a part shows that part. */
  var tabs = [].slice.call(document.querySelectorAll('.tabs a'));
  var parts = tabs.map(function (a) { return document.querySelector(a.getAttribute('href')); });
  function show(i) {
    parts.forEach(function (part, k) { part.hidden = k !== i; });
    tabs.forEach(function (a, k) { if (k === i) a.setAttribute('aria-current', 'page'); else a.removeAttribute('aria-current'); });
  }
  function follow() {
    var id = decodeURIComponent(location.hash.slice(1)), at = id && $(id), i = 0;
    parts.forEach(function (part, k) { if (at && part.contains(at)) i = k; });
    show(i);
    if (at && parts.indexOf(at) < 0) at.scrollIntoView({ block: 'center' });
  }
  addEventListener('hashchange', follow);
  follow();
  document.querySelector('.tabs').addEventListener('keydown', function (e) {
    var i = tabs.indexOf(document.activeElement), step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (i < 0 || !step) return;
    i = (i + step + tabs.length) % tabs.length;
    tabs[i].focus();
    tabs[i].click();
  });

  /* The filter. Areas keep their counts; those without a match fold away. */
  var form = document.querySelector('.filter'), q = $('q'), fo = $('fo'), fl = $('fl'), fr = $('fr');
  var needsALook = /^(FAIL|WARN|XPASS|CRASH|HANG|BLOCKED|HARNESS|UNTESTED)$/;
  var checks = [].map.call(document.querySelectorAll('.c'), function (el) {
    var s = el.firstElementChild;
    return { el: el, n: +(el.dataset.n || 1), o: s.children[0].textContent, req: s.children[2].textContent, level: s.children[3].textContent, text: null,
      area: el.parentNode };
  });
  var total = checks.reduce(function (sum, c) { return sum + c.n; }, 0);
  var areas = [].slice.call(document.querySelectorAll('.area')).map(function (el) { return { el: el, open: el.open }; });
  function apply() {
    var text = q.value.trim().toLowerCase(), o = fo.value, level = fl.value, req = fr.value.trim().toUpperCase(), n = 0;
    var live = new Set(), any = text || o || level || req;
    checks.forEach(function (c) {
      var on = (!o || (o === '!' ? needsALook.test(c.o) : c.o === o)) && (!level || c.level === level) && (!req || c.req.indexOf(req) >= 0);
      if (on && text) {
        if (c.text === null) c.text = c.el.textContent.toLowerCase();
        on = c.text.indexOf(text) >= 0;
      }
      c.el.hidden = !on;
      if (on) { n += c.n; live.add(c.area); }
    });
    areas.forEach(function (a) { a.el.hidden = any ? !live.has(a.el) : false; a.el.open = any ? n <= 400 && live.has(a.el) : a.open; });
    $('shown').textContent = any ? n + ' of ' + total : total + ' checks';
  }
  form.hidden = false;
  form.addEventListener('input', apply);
  form.addEventListener('submit', function (e) { e.preventDefault(); });
  form.addEventListener('reset', function () { setTimeout(apply, 0); });
  apply();

  /* Keys: / finds, j and k walk, Escape clears. */
  addEventListener('keydown', function (e) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (e.key === 'Escape') { form.reset(); document.activeElement.blur(); return; }
    if (typing || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === '/') { e.preventDefault(); show(0); q.focus(); }
    if (e.key !== 'j' && e.key !== 'k') return;
    var rows = [].filter.call(document.querySelectorAll('.area[open]>.c:not([hidden])>summary'), function (s) { return s.offsetParent; });
    var i = rows.indexOf(document.activeElement);
    var next = rows[Math.max(0, Math.min(rows.length - 1, i + (e.key === 'j' ? 1 : -1)))];
    if (next) { next.focus(); next.scrollIntoView({ block: 'nearest' }); }
  });

  /* The replay line of what passed is taken from the results inside the page; then a copy button, both when first opened. */
  var replays = null;
  function offerReplay(panel, key) {
    if (panel.querySelector('.replay')) return;
    if (!replays) {
      replays = {};
      var before = '', lines = $('results').textContent.trim().split('\n').map(function (line) { /* reports/packed.h */
        var part = line.match(/^(\d+) (\d+) (.*)$/);
        before = before.slice(0, +part[1]) + part[3] + (+part[2] ? before.slice(-part[2]) : '');
        return before;
      });
      JSON.parse(lines.join('\n')).checks.forEach(function (c) { replays[c['case'] + ':' + c.check] = c.replay; });
    }
    if (!replays[key]) return;
    var p = document.createElement('p'), code = document.createElement('code');
    p.className = 'replay';
    code.textContent = replays[key];
    p.appendChild(code);
    panel.appendChild(p);
  }
  function offerCopy(p) {
    if (!p || p.lastElementChild.tagName === 'BUTTON') return;
    var b = document.createElement('button');
    b.type = 'button';
    b.textContent = 'Copy';
    b.addEventListener('click', function () {
      var code = p.querySelector('code'), range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      var done = function () { b.textContent = 'Copied'; setTimeout(function () { b.textContent = 'Copy'; }, 1500); };
      if (navigator.clipboard && isSecureContext) navigator.clipboard.writeText(code.textContent).then(done, function () {});
      else if (document.execCommand('copy')) done();
    });
    p.appendChild(b);
  }
  [].forEach.call(document.querySelectorAll('.c[open] .replay'), offerCopy);
  document.addEventListener('toggle', function (e) {
    if (!e.target.open || !e.target.classList.contains('c')) return;
    offerReplay(e.target.lastElementChild, e.target.querySelector('.id').textContent.split(' ')[0]);
    offerCopy(e.target.querySelector('.replay'));
  }, true);

  /* Light or dark by hand; the choice lasts as long as the page. */
  var theme = document.createElement('button');
  theme.type = 'button';
  theme.textContent = 'Light / dark';
  theme.addEventListener('click', function () {
    var dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
  });
  document.querySelector('.tabs').appendChild(theme);

  /* On paper nothing can be opened: what failed is printed open. */
  addEventListener('beforeprint', function () {
    [].forEach.call(document.querySelectorAll('.area'), function (a) { a.open = true; });
    checks.forEach(function (c) { if (needsALook.test(c.o)) c.el.open = true; });
  });
}());
