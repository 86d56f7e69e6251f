/**
 * What the page can do more where scripts run: filter the log, show details at once and by keyboard, stretch the time. Without it nothing
 * is missing. It is plain text here because it runs in the reader's browser, in whichever that is.
 */
export const SCRIPT = `
(() => {
  'use strict';
  const byId = (id) => document.getElementById(id);

  // The log: rows are read once, when the first filter is set.
  const form = byId('filter');
  if (form) {
    const LEVELS = ['error', 'warn', 'info', 'debug', 'trace'];
    const rows = byId('logs').tBodies[0].rows;
    let lines;
    const read = () => Array.from(rows, (row) => ({
      row,
      peer: row.cells[2].textContent,
      level: LEVELS.indexOf(row.className),
      text: (row.cells[2].textContent + ' ' + row.cells[4].textContent).toLowerCase(),
    }));
    const apply = () => {
      lines = lines || read();
      const text = form.elements.text.value.toLowerCase();
      const peer = form.elements.peer.value;
      const level = form.elements.level.value === '' ? LEVELS.length : LEVELS.indexOf(form.elements.level.value);
      let count = 0;
      for (const line of lines) {
        const fits = line.level <= level && (peer === '' || line.peer === peer) && line.text.includes(text);
        if (line.row.hidden === fits) line.row.hidden = !fits;
        if (fits) count += 1;
      }
      byId('log-count').textContent = count + ' of ' + lines.length + (lines.length === 1 ? ' line' : ' lines');
    };
    form.addEventListener('input', apply);
    form.addEventListener('submit', (event) => event.preventDefault());
    form.hidden = false;
  }

  const chart = byId('chart');
  if (!chart) return;

  // The time: the canvas grows, and the middle stays where it is.
  const canvas = byId('canvas');
  const controls = byId('zoom');
  let zoom = 1;
  const stretch = (next) => {
    const names = canvas.querySelector('.name').offsetWidth;
    const room = chart.clientWidth - names;
    const middle = (chart.scrollLeft + room / 2) / (canvas.clientWidth - names);
    zoom = Math.min(64, Math.max(1, next));
    chart.style.setProperty('--zoom', zoom);
    chart.classList.toggle('zoom1', zoom >= 4 && zoom < 16);
    chart.classList.toggle('zoom2', zoom >= 16);
    chart.scrollLeft = middle * (canvas.clientWidth - names) - room / 2;
  };
  const zoomBy = { in: () => stretch(zoom * 2), out: () => stretch(zoom / 2), all: () => stretch(1) };
  controls.addEventListener('click', (event) => {
    const step = event.target.dataset.zoom;
    if (step) zoomBy[step]();
  });
  controls.hidden = false;

  // Details: what the browser would show after a while, at once; by keyboard, one mark after the other.
  const tip = byId('tip');
  let marked;
  const titleOf = (element) => element.querySelector(':scope > title');
  const show = (element) => {
    hide();
    const title = element && titleOf(element);
    if (!title) return;
    tip.textContent = title.textContent;
    tip.hidden = false;
    // The browser's own tooltip would stand on top of ours.
    element.dataset.title = title.textContent;
    title.remove();
    marked = element;
    const box = element.getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left), innerWidth - tip.offsetWidth - 8);
    const below = box.bottom + 8;
    tip.style.left = left + 'px';
    tip.style.top = (below + tip.offsetHeight < innerHeight ? below : Math.max(8, box.top - tip.offsetHeight - 8)) + 'px';
  };
  const hide = () => {
    tip.hidden = true;
    if (!marked) return;
    marked.classList.remove('marked');
    const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
    title.textContent = marked.dataset.title;
    delete marked.dataset.title;
    marked.prepend(title);
    marked = undefined;
  };
  chart.addEventListener('pointerover', (event) => {
    const target = event.target.closest('.track *');
    let element = target;
    while (element && element !== chart && !titleOf(element)) element = element.parentElement;
    if (element === marked) return;
    if (element && element !== chart) show(element);
    else if (!event.target.closest('[data-title]')) hide();
  });
  chart.addEventListener('pointerleave', hide);
  chart.addEventListener('scroll', hide, { passive: true });

  let lane;
  let at = -1;
  const marksOf = (row) => Array.from(row.querySelectorAll('.track title'), (title) => title.parentElement)
    .map((element) => ({ element, left: element.getBoundingClientRect().left }))
    .sort((a, b) => a.left - b.left)
    .map((mark) => mark.element);
  const go = (row, index) => {
    hide();
    lane = row;
    row.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const marks = marksOf(row);
    at = Math.min(Math.max(0, index), marks.length - 1);
    const element = marks[at];
    if (!element) return;
    const names = canvas.querySelector('.name').offsetWidth;
    const box = element.getBoundingClientRect();
    const frame = chart.getBoundingClientRect();
    if (box.left < frame.left + names || box.left > frame.right - 20) chart.scrollLeft += box.left - frame.left - names - 40;
    // The scroll above would hide it again.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      show(element);
      element.classList.add('marked');
    }));
  };
  chart.addEventListener('keydown', (event) => {
    if (event.target !== chart || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+' || event.key === '-') zoomBy[event.key === '+' ? 'in' : 'out']();
    else if (event.key === 'Escape') hide();
    else if (event.key.startsWith('Arrow')) {
      const rows = Array.from(chart.querySelectorAll('.group[open] .row'));
      if (rows.length === 0) return;
      const now = Math.max(0, rows.indexOf(lane));
      if (event.key === 'ArrowDown') go(rows[Math.min(rows.length - 1, lane ? now + 1 : 0)], 0);
      else if (event.key === 'ArrowUp') go(rows[Math.max(0, now - 1)], 0);
      else go(rows[now], at + (event.key === 'ArrowRight' ? 1 : -1));
    } else return;
    event.preventDefault();
  });
  chart.addEventListener('blur', hide);
})();
`;
